import { accessKey, type ImportedAccess } from './access';
import type { ImportedLimit } from './imported-gateway';
import type { ImportReport } from './report';
import type { SourceNode } from './source-node';
import { covers, coversSlash, intersection, printTemplate, type Template } from './template';

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
 * The resource that decides about a path that several match: the first one, as in a list of routes, or the most specific
 * one, and if there is none, the strictest.
 */
export type Precedence = 'first' | 'specific';

const stricter = (one: RuledResource, other: RuledResource): RuledResource => {
  if (one.access.kind === 'public') return other;
  return other.access.kind === 'public' || one.access.scopes.length > 0 ? one : other;
};

/** `/*` matches the context itself too. */
const isContextBelowRest = (general: Template, other: Template): boolean =>
  general.hasRest && !other.hasRest && general.segments.length === 0 && other.segments.length === 0;

const moreSpecific = (one: RuledResource, other: RuledResource): RuledResource => {
  const [covered, covering] = [covers(other.template, one.template), covers(one.template, other.template)];
  if (covered === covering) return stricter(one, other);
  return covered ? one : other;
};

/** The deciding resource of each method. */
type Deciding = ReadonlyMap<string, RuledResource>;

const decidingAt = (template: Template, resources: readonly RuledResource[], precedence: Precedence): Deciding => {
  const deciding = new Map<string, RuledResource>();
  for (const resource of resources) {
    const matches =
      covers(resource.template, template) ||
      (precedence === 'specific' && isContextBelowRest(resource.template, template));
    for (const method of matches ? resource.methods : []) {
      const known = deciding.get(method);
      const isKept = known !== undefined && precedence === 'first';
      if (!isKept) deciding.set(method, known === undefined ? resource : moreSpecific(known, resource));
    }
  }
  return deciding;
};

const areEqual = (one: Deciding, other: Deciding): boolean =>
  one.size === other.size &&
  [...one].every(([method, resource]) => {
    const parallel = other.get(method);
    return parallel !== undefined && ruleKey(parallel) === ruleKey(resource);
  });

interface DecidedPlace {
  readonly template: Template;
  readonly deciding: Deciding;
}

/** Returns all paths that need a rule: the given ones, and those that two of them match. */
const decide = (resources: readonly RuledResource[], precedence: Precedence): readonly DecidedPlace[] => {
  const places = new Map<string, DecidedPlace>();
  const add = (template: Template): void => {
    const key = keyOf({ template });
    if (!places.has(key)) places.set(key, { template, deciding: decidingAt(template, resources, precedence) });
  };
  resources.forEach(({ template }) => add(template));
  for (let index = 0; index < places.size; index += 1) {
    const all = [...places.values()];
    const other = all[index];
    for (const one of all.slice(0, index)) {
      if (other === undefined || places.size >= MAX_RESOURCES || areEqual(one.deciding, other.deciding)) continue;
      if (covers(one.template, other.template) || covers(other.template, one.template)) continue;
      const common = intersection(one.template, other.template);
      if (common !== undefined) add(common);
    }
  }
  return [...places.values()];
};

/** Returns a rule that is met only by requests that meet both. */
const bothOf = (one: RuledResource, other: RuledResource): RuledResource => {
  if (one.access.kind === 'public') return other;
  if (other.access.kind === 'public') return one;
  return { ...one, access: { kind: 'all', scopes: [...new Set([...one.access.scopes, ...other.access.scopes])] } };
};

/**
 * Express Gateway matches a path with a slash at its end like the path itself, unless an earlier route ends in `/*`. Here
 * both have one rule. The path with the slash is declared if a `/*` would match it otherwise.
 */
const withSlashes = (
  { template, deciding }: DecidedPlace,
  resources: readonly RuledResource[],
  contextLength: number,
  report: ImportReport,
): readonly DecidedPlace[] => {
  const below = template.hasRest ? [] : resources.filter((other) => coversSlash(other.template, template));
  if (below.length === 0) return [{ template, deciding }];
  const merged = new Map(deciding);
  for (const resource of resources) {
    if (!below.includes(resource)) continue;
    for (const method of resource.methods) {
      const own = deciding.get(method);
      const isFirst = own === undefined || resources.indexOf(resource) < resources.indexOf(own);
      const known = merged.get(method);
      if (!isFirst) continue;
      if (known !== undefined && ruleKey(known) !== ruleKey(resource)) {
        const problem = 'The path and the one with a slash at its end have different rules there, and one rule here';
        report.gap(resource.node, problem, 'What both of them require was taken');
      }
      merged.set(method, known === undefined ? resource : bothOf(known, resource));
    }
  }
  const own = { template, deciding: merged };
  // The context has no other form.
  if (template.segments.length === contextLength) return [own];
  return [own, { template: { ...template, hasSlash: true }, deciding: merged }];
};

/**
 * Returns resources among which the most specific one always decides as the old gateway did. There, a request whose
 * method a specific route lacks is served by a more general one: so each path gets the methods of all that match it.
 * @param contextLength the number of segments of the templates that are the context
 */
export const separate = (
  given: readonly RuledResource[],
  precedence: Precedence,
  contextLength: number,
  report: ImportReport,
): readonly RuledResource[] => {
  const resources = joinEqual(given, report);
  const places = decide(resources, precedence);
  const all =
    precedence === 'first' ? places.flatMap((place) => withSlashes(place, resources, contextLength, report)) : places;
  const written = all.flatMap(({ template, deciding }) =>
    [...deciding].map(([method, resource]) => ({ ...resource, template, methods: [method] })),
  );
  return joinEqual(written, report);
};
