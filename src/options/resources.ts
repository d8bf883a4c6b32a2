import { isCanonicalTarget } from '../protocol/paths';
import type { Checks, Path } from './checks';
import { scopeRule, type Requirement } from './requirement';

/** What a resource asks of a request: nothing, any live token, or one whose scope meets a requirement. */
export type ResourceAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'token' }
  | { readonly kind: 'scopes'; readonly requirement: Requirement };

/** A declared resource: a path template, methods, and what a request needs. */
export interface Resource {
  readonly path: string;
  readonly methods: readonly string[];
  readonly access: ResourceAccess;
}

const RESOURCE_FIELDS = ['path', 'methods', 'scopes', 'anyOf', 'public'];

const template =
  /^\/(?:[A-Za-z0-9._~!$&'()+,=@%-]+|:[A-Za-z_][A-Za-z0-9_]*)?(?:\/(?:[A-Za-z0-9._~!$&'()+,=@%-]+|:[A-Za-z_][A-Za-z0-9_]*))*$/;

const TEMPLATE_RULE = 'a path such as / or /:id/lines, without a slash at its end; a parameter is a whole segment';

const checkAccess = (
  checks: Checks,
  fields: Readonly<Record<string, unknown>>,
  path: Path,
  scopes: readonly string[],
): ResourceAccess => {
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
  const resourcePath = checks.required(fields['path'], [...path, 'path'], template, TEMPLATE_RULE);
  if (resourcePath !== undefined && !isCanonicalTarget(resourcePath)) {
    checks.fault([...path, 'path'], 'is not canonical: no empty or dot segments, no escapes that stand for themselves');
  }
  const listed = checks.list(fields['methods'], [...path, 'methods']);
  if (fields['methods'] === undefined || listed?.length === 0) {
    checks.fault([...path, 'methods'], 'is missing: it must be a list such as [GET, PUT]');
  }
  const methods = (listed ?? []).map((method, index) =>
    checks.required(method, [...path, 'methods', index], /^[A-Z]+$/, 'an upper-case method name such as GET'),
  );
  const access = checkAccess(checks, fields, path, scopes);
  return Object.freeze({
    path: resourcePath ?? '/',
    methods: methods.filter((method) => method !== undefined),
    access,
  });
};

/** A template as the matcher reads it: escapes decoded, names of parameters left out. */
const normalPath = (path: string): string =>
  path
    .split('/')
    .map((segment) => (segment.startsWith(':') ? ':' : `=${decodeURIComponent(segment)}`))
    .join('/');

/** Reports two resources that would answer the same request, told by their templates with parameter names left out. */
export const checkRepeats = (
  checks: Checks,
  resources: readonly Resource[],
  placeOf: (index: number) => { readonly path: Path; readonly written: string },
): void => {
  const seen = new Set<string>();
  resources.forEach((resource, index) => {
    for (const method of resource.methods) {
      const request = `${method} ${normalPath(resource.path)}`;
      const { path, written } = placeOf(index);
      if (seen.has(request)) checks.fault(path, `declares ${method} ${written} a second time`);
      seen.add(request);
    }
  });
};

/** Reads the resources that the options list for one API. */
export const checkResources = (
  checks: Checks,
  value: unknown,
  path: Path,
  scopes: readonly string[],
): readonly Resource[] => {
  const listed = checks.list(value, path) ?? [];
  const found = listed
    .map((resource, index) => checkResource(checks, resource, [...path, index], scopes))
    .filter((resource) => resource !== undefined);
  if (found.every((resource) => isCanonicalTarget(resource.path))) {
    checkRepeats(checks, found, (index) => ({ path: [...path, index], written: found[index]?.path ?? '' }));
  }
  return found;
};
