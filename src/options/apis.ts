import type { Api } from '../access/api';
import { foldedTemplate, readPathTemplate } from '../access/path-template';
import type { Plan } from '../quotas/allowance';
import { API_ROWS } from './api-rows';
import type { Checks, Path } from './checks';
import { openGroup, type FieldReader } from './field-reader';
import { documentResources } from './resource-documentation';

type ApiFields = FieldReader<typeof API_ROWS>;

const API_NAME = /^[A-Za-z0-9._-]{1,64}$/;

const readOperations = (
  checks: Checks,
  fields: ApiFields,
  path: Path,
  scopes: readonly string[],
): Pick<Api, 'resources' | 'unsecured' | 'documentation'> => {
  const isListed = fields.given('resources') !== undefined;
  if (fields.given('openapi') !== undefined) {
    if (isListed) checks.fault(path, 'has both resources and openapi; give one');
    return fields.read('openapi', scopes);
  }
  if (!isListed) {
    checks.fault(
      [...path, 'resources'],
      'is missing: resources that are not declared cannot be reached; list them or give openapi',
    );
  }
  const resources = fields.read('resources', scopes);
  return { resources, unsecured: [], documentation: documentResources(resources) };
};

/** Reads a context. @param contexts the APIs read so far, by their folded contexts */
const readContext = (
  checks: Checks,
  fields: ApiFields,
  path: Path,
  name: string,
  contexts: Map<string, string>,
): string => {
  const given = fields.read('context');
  const context = given ?? `/${name}`;
  const read = readPathTemplate(context);
  if ('problem' in read) {
    // A wrong name has been reported; the context derived from it is not a separate fault.
    if (given !== undefined || API_NAME.test(name)) checks.fault(path, 'must not have dot segments');
    return context;
  }
  // Folded, because Express treats /Orders as /orders unless it is configured otherwise.
  const folded = foldedTemplate(read.template);
  const other = contexts.get(folded);
  if (other !== undefined) checks.fault(path, `is the context of the API "${other}" already`);
  contexts.set(folded, name);
  return context;
};

/** The names that APIs may refer to. */
export interface NamesForApis {
  readonly scopes: readonly string[];
  readonly plans: ReadonlyMap<string, Plan>;
}

/** Reads the option `apis`. */
export const readApis = (
  checks: Checks,
  value: unknown,
  path: Path,
  { scopes, plans }: NamesForApis,
): ReadonlyMap<string, Api> => {
  const apis = new Map<string, Api>();
  const contexts = new Map<string, string>();
  for (const [name, declared] of checks.record(value, path, '{ orders: { resources: [] } }')) {
    const place: Path = [...path, name];
    if (!API_NAME.test(name)) {
      checks.fault(place, 'is not an API name: 1 to 64 letters, digits, dots, hyphens or underscores');
    }
    const fields = openGroup(checks, API_ROWS, declared ?? null, place);
    const context = readContext(checks, fields, [...place, 'context'], name, contexts);
    const operations = readOperations(checks, fields, place, scopes);
    const { info } = operations.documentation;
    const api: Api = {
      name,
      title: fields.read('title') ?? info.title ?? name,
      version: fields.read('version') ?? info.version,
      description: fields.read('description') ?? info.description,
      tags: fields.read('tags') ?? info.tags,
      context,
      sandbox: fields.read('sandbox'),
      websocket: fields.read('websocket'),
      approval: fields.read('approval'),
      plans: fields.read('plans', plans),
      lifecycle: fields.read('lifecycle'),
      ...operations,
    };
    apis.set(name, Object.freeze(api));
  }
  return apis;
};
