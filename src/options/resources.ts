import { isMethodName, METHOD_NAME_RULE } from '../access/method-name';
import { findOverlaps, type Overlap } from '../access/overlaps';
import { parsePathTemplate, printTemplate, readPathTemplate } from '../access/path-template';
import { scopeRule, type Requirement } from '../access/requirement';
import type { Resource, ResourceAccess } from '../access/resource';
import type { Checks, Fields, Path } from './checks';

const RESOURCE_FIELDS = ['path', 'methods', 'scopes', 'anyOf', 'public'];

const checkPath = (checks: Checks, value: unknown, path: Path): string | undefined => {
  if (value === undefined) return checks.fault(path, 'is missing: it must be a path such as / or /:id/lines');
  if (typeof value !== 'string') return checks.fault(path, 'must be a path such as / or /:id/lines');
  const read = readPathTemplate(value);
  return 'problem' in read ? checks.fault(path, `${read.problem}; write a path such as / or /:id/lines`) : value;
};

const checkAccess = (checks: Checks, fields: Fields, path: Path, scopes: readonly string[]): ResourceAccess => {
  const isPublic = checks.flag(fields['public'], [...path, 'public']) ?? false;
  const allOf = checks.someOf(fields['scopes'], [...path, 'scopes'], scopes);
  const anyOf = checks.someOf(fields['anyOf'], [...path, 'anyOf'], scopes);
  if ([isPublic, allOf !== undefined, anyOf !== undefined].filter(Boolean).length > 1) {
    checks.fault(path, 'may have only one of scopes, anyOf and public');
  }
  if (isPublic) return { kind: 'public' };
  for (const [kind, field, names] of [
    ['allOf', 'scopes', allOf],
    ['anyOf', 'anyOf', anyOf],
  ] as const) {
    if (names === undefined) continue;
    const [first, ...rest] = names;
    if (first !== undefined) return { kind: 'scopes', requirement: scopeRule(kind, [first, ...rest]) };
    const declared = fields[field];
    if (Array.isArray(declared) && declared.length === 0) {
      checks.fault([...path, field], 'is empty; leave it out to accept any live token');
    }
  }
  return { kind: 'token' };
};

const checkResource = (checks: Checks, value: unknown, path: Path, scopes: readonly string[]): Resource | undefined => {
  const fields = checks.fields(value ?? null, path, RESOURCE_FIELDS);
  if (fields === undefined) return undefined;
  const resourcePath = checkPath(checks, fields['path'], [...path, 'path']);
  const listed = checks.list(fields['methods'], [...path, 'methods']);
  if (fields['methods'] === undefined || listed?.length === 0) {
    checks.fault([...path, 'methods'], 'is missing: it must be a list such as [GET, PUT]');
  }
  const methods = (listed ?? []).map((method, index) =>
    isMethodName(method) ? method : checks.fault([...path, 'methods', index], `must be ${METHOD_NAME_RULE}`),
  );
  const access = checkAccess(checks, fields, path, scopes);
  if (resourcePath === undefined) return undefined;
  return Object.freeze({ path: resourcePath, methods: methods.filter((method) => method !== undefined), access });
};

const normalRequirement = (requirement: Requirement): unknown => {
  if (typeof requirement === 'string') return requirement;
  const [kind, parts] = 'allOf' in requirement ? ['all', requirement.allOf] : ['any', requirement.anyOf];
  const written = [...new Set(parts.map((part) => JSON.stringify(normalRequirement(part))))].sort();
  return written.length === 1 ? JSON.parse(written[0] ?? '') : [kind, ...written];
};

/** Returns the same string for rules that require the same, in whatever order they name it. */
const ruleText = (access: ResourceAccess): string =>
  access.kind === 'scopes' ? JSON.stringify(normalRequirement(access.requirement)) : access.kind;

/** Path of a declaration in the options, and how its template is written there. */
export interface ResourcePlace {
  readonly path: Path;
  readonly written: string;
}

const describeOverlap = ({ method, kind }: Overlap, first: string, second: string, common: string): string => {
  const both = `${method} ${second} and ${method} ${first}`;
  const cure = 'give both the same rule, or keep one';
  if (kind === 'same') return `declares ${both}, which match the same requests and have different rules: ${cure}`;
  if (kind === 'folded') {
    return `declares ${both}, which many routers take for the same path, with different rules: ${cure}`;
  }
  return (
    `declares ${both}, which both match ${common} and have different rules: ` +
    `declare ${method} ${common} as well, or give both the same rule`
  );
};

/** Reports resources with different rules that a request can both match, if neither takes precedence. */
export const checkOverlaps = (
  checks: Checks,
  resources: readonly Resource[],
  placeOf: (index: number) => ResourcePlace,
  print: typeof printTemplate,
): void => {
  const declared = resources.map(({ path, methods, access }) => ({
    template: parsePathTemplate(path),
    methods,
    rule: ruleText(access),
  }));
  for (const overlap of findOverlaps(declared)) {
    const [first, second] = [placeOf(overlap.first), placeOf(overlap.second)];
    checks.fault(second.path, describeOverlap(overlap, first.written, second.written, print(overlap.common)));
  }
};

/** Reads the resources that the options list for one API. */
export const checkResources = (
  checks: Checks,
  value: unknown,
  path: Path,
  scopes: readonly string[],
): readonly Resource[] => {
  const found = (checks.list(value, path) ?? []).flatMap((declared, index) => {
    const place = [...path, index];
    const resource = checkResource(checks, declared, place, scopes);
    return resource === undefined ? [] : [{ resource, place: { path: place, written: resource.path } }];
  });
  const resources = found.map(({ resource }) => resource);
  checkOverlaps(checks, resources, (index) => found[index]?.place ?? { path, written: '' }, printTemplate);
  return resources;
};
