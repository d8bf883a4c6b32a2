import { accessKey, type ImportedAccess } from './access';
import type { ImportedLimit } from './imported-gateway';
import type { ImportReport } from './report';
import type { SourceNode } from './source-node';
import { covers, intersection, printTemplate, type Template } from './template';

/** A resource before it is written. */
export interface RuledResource {
  readonly template: Template;
  readonly methods: readonly string[];
  readonly access: ImportedAccess;
  readonly limit?: ImportedLimit;
  readonly node: SourceNode;
}

/** Paths that two resources match, at most: hostile sources could have very many. */
const MAX_RESOURCES = 2_000;

const keyOf = ({ template }: Pick<RuledResource, 'template'>): string =>
  printTemplate({
    ...template,
    segments: template.segments.map((segment) =>
      segment.kind === 'literal' ? { ...segment, text: segment.text.toLowerCase() } : { ...segment, name: 'x' },
    ),
  });

const ruleKey = ({ access, limit }: RuledResource): string => `${accessKey(access)} ${JSON.stringify(limit)}`;

/** Joins declarations of the same path: equal rules become one, and of different rules for a method the first counts. */
const joinEqual = (resources: readonly RuledResource[], report: ImportReport): readonly RuledResource[] => {
  const joined = new Map<string, RuledResource>();
  const rules = new Map<string, string>();
  for (const resource of resources) {
    const [key, rule] = [keyOf(resource), ruleKey(resource)];
    const known = resource.methods.map((method) => rules.get(`${method} ${key}`));
    const added = resource.methods.filter((_, index) => known[index] === undefined);
    if (known.some((other) => other !== undefined && other !== rule)) {
      const problem = 'The same path and method is declared before, with another rule';
      report.gap(resource.node, problem, 'The first declaration was taken over');
    }
    for (const method of added) rules.set(`${method} ${key}`, rule);
    const same = joined.get(`${key} ${rule}`);
    if (added.length === 0) continue;
    joined.set(
      `${key} ${rule}`,
      same === undefined ? { ...resource, methods: added } : { ...same, methods: [...same.methods, ...added] },
    );
  }
  return [...joined.values()];
};

/**
 * The rule of a path that several resources match: that of the first one, as in a list of routes, or that of the most
 * specific one, and if there is none, the strictest.
 */
export type Precedence = 'first' | 'specific';

const stricter = (one: RuledResource, other: RuledResource): RuledResource => {
  if (one.access.kind === 'public') return other;
  return other.access.kind === 'public' || one.access.scopes.length > 0 ? one : other;
};

/** Adds the paths that two resources with different rules match, if neither of them is more specific. */
const withCommonPaths = (resources: readonly RuledResource[], precedence: Precedence): readonly RuledResource[] => {
  const result = [...resources];
  const known = new Set(result.map((resource) => keyOf(resource)));
  for (let index = 0; index < result.length && result.length < MAX_RESOURCES; index += 1) {
    for (let before = 0; before < index && result.length < MAX_RESOURCES; before += 1) {
      const [one, other] = [result[before], result[index]];
      if (one === undefined || other === undefined || ruleKey(one) === ruleKey(other)) continue;
      if (covers(one.template, other.template) || covers(other.template, one.template)) continue;
      const template = intersection(one.template, other.template);
      const methods = one.methods.filter((method) => other.methods.includes(method));
      if (template === undefined || methods.length === 0 || known.has(keyOf({ template }))) continue;
      known.add(keyOf({ template }));
      result.push({ ...(precedence === 'first' ? one : stricter(one, other)), template, methods });
    }
  }
  return result;
};

/** `/*` matches the context itself too. */
const isContextBelowRest = (general: Template, other: Template): boolean =>
  general.hasRest && !other.hasRest && general.segments.length === 0 && other.segments.length === 0;

/** Lists the resources whose paths include all of a template, in the order in which they decide. */
const moreGeneral = (
  { template }: RuledResource,
  resources: readonly RuledResource[],
  precedence: Precedence,
): readonly RuledResource[] => {
  const found = resources.filter(
    (other) =>
      (covers(other.template, template) && !covers(template, other.template)) ||
      (precedence === 'specific' && isContextBelowRest(other.template, template)),
  );
  if (precedence === 'first') return found;
  return [...found].sort((one, other) => {
    if (covers(one.template, other.template) === covers(other.template, one.template)) return 0;
    return covers(one.template, other.template) ? 1 : -1;
  });
};

/**
 * Adds methods that a more general resource has. There, such a request is served by that one; here the most specific
 * path decides alone, and would answer 405.
 */
const withInheritedMethods = (
  resources: readonly RuledResource[],
  precedence: Precedence,
): readonly RuledResource[] => {
  const result = [...resources];
  const methodsAt = new Map<string, Set<string>>();
  for (const resource of resources) {
    const methods = methodsAt.get(keyOf(resource)) ?? new Set();
    methodsAt.set(keyOf(resource), methods);
    for (const method of resource.methods) methods.add(method);
  }
  for (const resource of resources) {
    const methods = methodsAt.get(keyOf(resource)) ?? new Set<string>();
    for (const general of moreGeneral(resource, resources, precedence)) {
      const added = general.methods.filter((method) => !methods.has(method));
      if (added.length === 0 || result.length >= MAX_RESOURCES) continue;
      for (const method of added) methods.add(method);
      result.push({ ...general, template: resource.template, methods: added });
    }
  }
  return result;
};

/** Returns resources among which the most specific one always decides as the old gateway did. */
export const separate = (
  resources: readonly RuledResource[],
  precedence: Precedence,
  report: ImportReport,
): readonly RuledResource[] => {
  const common = withCommonPaths(joinEqual(resources, report), precedence);
  return joinEqual(withInheritedMethods(common, precedence), report);
};
