import { isMethodName, METHOD_NAME_RULE } from '../access/method-name';
import { printTemplate, readPathTemplate } from '../access/path-template';
import { scopeRule } from '../access/requirement';
import type { Resource, ResourceAccess } from '../access/resource';
import type { Checks, Path } from './checks';
import { openEntry, type FieldReader } from './field-reader';
import type { ResourceDeclaration } from './options';
import { prose } from './prose';
import { readResourceLimit, RESOURCE_LIMIT_ROWS } from './resource-limit';
import { checkOverlaps } from './resource-overlaps';
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
