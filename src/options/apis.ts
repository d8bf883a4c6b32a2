import { isCanonicalTarget } from '../protocol/paths';
import type { Checks, Path } from './checks';

/** What a resource asks of a request. */
export type ResourceAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'token' }
  | { readonly kind: 'allOf' | 'anyOf'; readonly scopes: readonly [string, ...string[]] };

/** A declared resource: a path template, methods, and what a request needs. */
export interface Resource {
  readonly path: string;
  readonly methods: readonly string[];
  readonly access: ResourceAccess;
}

export interface Api {
  readonly name: string;
  readonly title: string;
  readonly version: string | undefined;
  readonly context: string;
  readonly resources: readonly Resource[];
}

const API_FIELDS = ['title', 'version', 'context', 'resources'];
const RESOURCE_FIELDS = ['path', 'methods', 'scopes', 'anyOf', 'public'];

const template =
  /^\/(?:[A-Za-z0-9._~!$&'()+,=@%-]+|:[A-Za-z_][A-Za-z0-9_]*)?(?:\/(?:[A-Za-z0-9._~!$&'()+,=@%-]+|:[A-Za-z_][A-Za-z0-9_]*))*$/;

const TEMPLATE_RULE = 'a path such as / or /:id/lines, without a slash at its end; a parameter is a whole segment';
const CONTEXT_RULE = 'a path such as /orders, without a slash at its end';

const checkAccess = (
  checks: Checks,
  fields: Readonly<Record<string, unknown>>,
  path: Path,
  scopes: readonly string[],
) => {
  const isPublic = checks.flag(fields['public'], [...path, 'public']) ?? false;
  const allOf = checks.someOf(fields['scopes'], [...path, 'scopes'], scopes);
  const anyOf = checks.someOf(fields['anyOf'], [...path, 'anyOf'], scopes);
  if ([isPublic, allOf !== undefined, anyOf !== undefined].filter(Boolean).length > 1) {
    checks.fault(path, 'may have only one of scopes, anyOf and public');
  }
  if (isPublic) return { kind: 'public' } as const;
  for (const [kind, field, names] of [
    ['allOf', 'scopes', allOf],
    ['anyOf', 'anyOf', anyOf],
  ] as const) {
    if (names === undefined) continue;
    const [first, ...rest] = names;
    if (first !== undefined) return { kind, scopes: [first, ...rest] } as const;
    const declared = fields[field];
    if (Array.isArray(declared) && declared.length === 0) {
      checks.fault([...path, field], 'is empty; leave it out to accept any live token');
    }
  }
  return { kind: 'token' } as const;
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

/** Two resources that would answer the same request, told by their templates with parameter names left out. */
const checkRepeats = (checks: Checks, resources: readonly Resource[], path: Path): void => {
  const seen = new Set<string>();
  resources.forEach((resource, index) => {
    for (const method of resource.methods) {
      const request = `${method} ${normalPath(resource.path)}`;
      if (seen.has(request)) checks.fault([...path, index], `declares ${method} ${resource.path} a second time`);
      seen.add(request);
    }
  });
};

export const checkApis = (checks: Checks, value: unknown, scopes: readonly string[]): ReadonlyMap<string, Api> => {
  const apis = new Map<string, Api>();
  const contexts = new Map<string, string>();
  for (const [name, declared] of checks.record(value, ['apis'])) {
    const path: Path = ['apis', name];
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(name)) {
      checks.fault(path, 'is not an API name: 1 to 64 letters, digits, dots, hyphens or underscores');
    }
    const fields = checks.fields(declared ?? null, path, API_FIELDS) ?? {};
    const text = (field: string): string | undefined =>
      checks.text(fields[field], [...path, field], /^[^\p{Cc}]{1,200}$/u, 'a text of 1 to 200 characters');
    const context =
      checks.text(fields['context'], [...path, 'context'], /^(?:\/[A-Za-z0-9._~-]+)+$/, CONTEXT_RULE) ?? `/${name}`;
    if (!isCanonicalTarget(context)) checks.fault([...path, 'context'], 'must not have dot segments');
    const other = contexts.get(context);
    if (other !== undefined) checks.fault([...path, 'context'], `is the context of the API "${other}" already`);
    contexts.set(context, name);
    const listed = checks.list(fields['resources'], [...path, 'resources']);
    if (fields['resources'] === undefined)
      checks.fault([...path, 'resources'], 'is missing: what is not declared cannot be reached');
    const resources = (listed ?? []).map((resource, index) =>
      checkResource(checks, resource, [...path, 'resources', index], scopes),
    );
    const found = resources.filter((resource) => resource !== undefined);
    if (found.every((resource) => isCanonicalTarget(resource.path)))
      checkRepeats(checks, found, [...path, 'resources']);
    apis.set(
      name,
      Object.freeze({ name, title: text('title') ?? name, version: text('version'), context, resources: found }),
    );
  }
  return apis;
};
