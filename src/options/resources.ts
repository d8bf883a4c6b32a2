import { isMethodName, METHOD_NAME_RULE } from '../access/method-name';
import { findOverlaps, type Overlap } from '../access/overlaps';
import { parsePathTemplate, printTemplate, readPathTemplate } from '../access/path-template';
import { scopeRule, type Requirement } from '../access/requirement';
import type { Resource, ResourceAccess } from '../access/resource';
import type { Checks, Path } from './checks';
import { openEntry, type FieldReader } from './field-reader';
import type { ResourceDeclaration } from './options';
import { readResourceLimit, RESOURCE_LIMIT_ROWS } from './resource-limit';
import { prose } from './prose';
import { flag, names, customRow, text, type Row } from './row';

const line = { pattern: /^[^\p{Cc}]{1,200}$/u, rule: 'a string of 1 to 200 characters' };

const PATH_RULE = 'a path such as / or /:id/lines';

const readPath = (checks: Checks, value: unknown, path: Path): string | undefined => {
  if (value === undefined) return checks.fault(path, `is missing: it must be ${PATH_RULE}`);
  if (typeof value !== 'string') return checks.fault(path, `must be ${PATH_RULE}`);
  const read = readPathTemplate(value);
  return 'problem' in read ? checks.fault(path, `${read.problem}; write ${PATH_RULE}`) : value;
};

const readMethods = (checks: Checks, value: unknown, path: Path): readonly string[] => {
  const listed = checks.list(value, path);
  if (value === undefined || listed?.length === 0) {
    checks.fault(path, 'is missing: it must be a list such as [GET, PUT]');
  }
  return (listed ?? [])
    .map((method, index) =>
      isMethodName(method) ? method : checks.fault([...path, index], `must be ${METHOD_NAME_RULE}`),
    )
    .filter((method) => method !== undefined);
};

/** Rows of a resource. */
export const RESOURCE_ROWS = {
  path: customRow({
    type: 'string',
    default: 'required',
    range: PATH_RULE,
    doc: 'A path below the context; `/` is the context itself, `:name` stands for one segment; case-sensitive.',
    read: readPath,
  }),
  methods: customRow({
    type: 'string[]',
    default: 'required',
    range: `${METHOD_NAME_RULE} each`,
    doc: 'The methods; HEAD follows GET.',
    read: readMethods,
  }),
  scopes: names({ range: 'names of declared scopes', defaultText: 'none', doc: 'All of these scopes are required.' }),
  anyOf: names({ range: 'names of declared scopes', defaultText: 'none', doc: 'One of these scopes is required.' }),
  public: flag({ default: false, doc: 'True if no token is required, and a token that is sent is ignored.' }),
  limit: customRow({
    type: 'ResourceLimitDeclaration',
    doc: 'The [requests per window](plans.md) that are admitted, besides those of the plan.',
    fields: RESOURCE_LIMIT_ROWS,
    read: readResourceLimit,
  }),
  summary: text({ ...line, doc: 'What the resource does, in one line, for the [portal](portal.md).' }),
  description: prose({ doc: 'Description for the [portal](portal.md#descriptions), in paragraphs.' }),
} satisfies Record<keyof ResourceDeclaration, Row>;

type ResourceFields = FieldReader<typeof RESOURCE_ROWS>;

/** Reads what a resource requires: without `scopes`, `anyOf` and `public`, any live token. */
const readAccess = (checks: Checks, fields: ResourceFields, path: Path, scopes: readonly string[]): ResourceAccess => {
  const isPublic = fields.read('public');
  const allOf = fields.read('scopes', scopes);
  const anyOf = fields.read('anyOf', scopes);
  if ([isPublic, allOf !== undefined, anyOf !== undefined].filter(Boolean).length > 1) {
    checks.fault(path, 'may have only one of scopes, anyOf and public');
  }
  if (isPublic) return { kind: 'public' };
  for (const [kind, field, listed] of [
    ['allOf', 'scopes', allOf],
    ['anyOf', 'anyOf', anyOf],
  ] as const) {
    if (listed === undefined) continue;
    const [first, ...rest] = listed;
    if (first !== undefined) return { kind: 'scopes', requirement: scopeRule(kind, [first, ...rest]) };
    const declared = fields.given(field);
    if (Array.isArray(declared) && declared.length === 0) {
      checks.fault([...path, field], 'is empty; leave it out to accept any live token');
    }
  }
  return { kind: 'token' };
};

const readResource = (checks: Checks, value: unknown, path: Path, scopes: readonly string[]): Resource | undefined => {
  const fields = openEntry(checks, RESOURCE_ROWS, value ?? null, path);
  if (fields === undefined) return undefined;
  const resourcePath = fields.read('path');
  const methods = fields.read('methods');
  const access = readAccess(checks, fields, path, scopes);
  const limit = fields.read('limit', access.kind === 'public' ? 'public' : 'guarded');
  const summary = fields.read('summary');
  const description = fields.read('description');
  if (resourcePath === undefined) return undefined;
  return Object.freeze({
    path: resourcePath,
    methods,
    access,
    ...(limit === undefined ? {} : { limit }),
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
  });
};

const normalRequirement = (requirement: Requirement): unknown => {
  if (typeof requirement === 'string') return requirement;
  const [kind, parts] = 'allOf' in requirement ? ['all', requirement.allOf] : ['any', requirement.anyOf];
  const written = [...new Set(parts.map((part) => JSON.stringify(normalRequirement(part))))].sort();
  return written.length === 1 ? JSON.parse(written[0] ?? '') : [kind, ...written];
};

/** Returns the same string for rules that require and admit the same, in whatever order they name it. */
const ruleText = ({ access, limit }: Resource): string => {
  const { requests, per, burst, by } = limit ?? {};
  return JSON.stringify([
    access.kind === 'scopes' ? normalRequirement(access.requirement) : access.kind,
    [requests, per, burst, by],
  ]);
};

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
  const declared = resources.map((resource) => ({
    template: parsePathTemplate(resource.path),
    methods: resource.methods,
    rule: ruleText(resource),
  }));
  for (const overlap of findOverlaps(declared)) {
    const [first, second] = [placeOf(overlap.first), placeOf(overlap.second)];
    checks.fault(second.path, describeOverlap(overlap, first.written, second.written, print(overlap.common)));
  }
};

/** Reads the resources that the options list for one API. */
export const readResources = (
  checks: Checks,
  value: unknown,
  path: Path,
  scopes: readonly string[],
): readonly Resource[] => {
  const found = (checks.list(value, path) ?? []).flatMap((declared, index) => {
    const place = [...path, index];
    const resource = readResource(checks, declared, place, scopes);
    return resource === undefined ? [] : [{ resource, place: { path: place, written: resource.path } }];
  });
  const resources = found.map(({ resource }) => resource);
  checkOverlaps(checks, resources, (index) => found[index]?.place ?? { path, written: '' }, printTemplate);
  return resources;
};
