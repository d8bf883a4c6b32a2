import type { Api } from '../access/api';
import { foldedTemplate, parsePathTemplate } from '../access/path-template';
import { isCanonicalTarget } from '../protocol/paths';
import type { Checks, Fields, Path } from './checks';
import { readOpenApi } from './openapi/openapi';
import { checkResources } from './resources';

const API_FIELDS = ['title', 'version', 'context', 'sandbox', 'resources', 'openapi'];

const CONTEXT_RULE = 'a path such as /orders, without a slash at its end';

const readResources = (
  checks: Checks,
  { resources, openapi }: Fields,
  path: Path,
  scopes: readonly string[],
): Pick<Api, 'resources' | 'unsecured'> => {
  if (openapi !== undefined) {
    if (resources !== undefined) checks.fault(path, 'has both resources and openapi; give one');
    return readOpenApi(checks, openapi, [...path, 'openapi'], scopes);
  }
  if (resources === undefined) {
    checks.fault(
      [...path, 'resources'],
      'is missing: what is not declared cannot be reached; list them or give openapi',
    );
  }
  return { resources: checkResources(checks, resources, [...path, 'resources'], scopes), unsecured: [] };
};

export const checkApis = (checks: Checks, value: unknown, scopes: readonly string[]): ReadonlyMap<string, Api> => {
  const apis = new Map<string, Api>();
  const contexts = new Map<string, string>();
  for (const [name, declared] of checks.record(value, ['apis'], '{ orders: { resources: [] } }')) {
    const path: Path = ['apis', name];
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(name)) {
      checks.fault(path, 'is not an API name: 1 to 64 letters, digits, dots, hyphens or underscores');
    }
    const fields = checks.fields(declared ?? null, path, API_FIELDS) ?? {};
    const text = (field: string): string | undefined =>
      checks.text(fields[field], [...path, field], /^[^\p{Cc}]{1,200}$/u, 'a string of 1 to 200 characters');
    const context =
      checks.text(fields['context'], [...path, 'context'], /^(?:\/[A-Za-z0-9._~-]+)+$/, CONTEXT_RULE) ?? `/${name}`;
    if (!isCanonicalTarget(context)) checks.fault([...path, 'context'], 'must not have dot segments');
    // Folded, because Express treats /Orders as /orders unless it is configured otherwise.
    const folded = foldedTemplate(parsePathTemplate(context));
    const other = contexts.get(folded);
    if (other !== undefined) checks.fault([...path, 'context'], `is the context of the API "${other}" already`);
    contexts.set(folded, name);
    const api: Api = {
      name,
      title: text('title') ?? name,
      version: text('version'),
      context,
      sandbox: checks.flag(fields['sandbox'], [...path, 'sandbox']) ?? false,
      ...readResources(checks, fields, path, scopes),
    };
    apis.set(name, Object.freeze(api));
  }
  return apis;
};
