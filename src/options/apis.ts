import type { Api } from '../access/api';
import { foldedTemplate, readPathTemplate } from '../access/path-template';
import type { Plan } from '../quotas/allowance';
import type { Checks, Path } from './checks';
import { openGroup, type FieldReader } from './field-reader';
import { LIFECYCLE_ROWS, readLifecycle } from './lifecycle';
import { readOpenApi } from './openapi/openapi';
import type { ApiDeclaration } from './options';
import { readApiPlans } from './plans';
import { prose } from './prose';
import { documentResources } from './resource-documentation';
import { readResources, RESOURCE_ROWS } from './resources';
import { flag, customRow, text, type Row } from './row';
import { readTags } from './tags';

const label = { pattern: /^[^\p{Cc}]{1,200}$/u, rule: 'a string of 1 to 200 characters' };

/** Rows of an API. */
export const API_ROWS = {
  title: text({
    ...label,
    defaultText: 'that of the OpenAPI document, or the name of the API',
    doc: 'Title that is shown to users. APIs of the same title and different versions are shown as versions of each other.',
  }),
  version: text({ ...label, defaultText: 'that of the OpenAPI document', doc: 'Version that is shown to users.' }),
  description: prose({
    defaultText: 'that of the OpenAPI document',
    doc: 'Description for the [portal](portal.md#descriptions), in paragraphs; the first is the summary.',
  }),
  tags: customRow({
    type: 'string[]',
    default: 'the `tags` of the OpenAPI document',
    range: 'at most 20 strings of 1 to 50 characters',
    doc: 'Subjects by which the catalogue of the [portal](portal.md) can be filtered.',
    read: readTags,
  }),
  lifecycle: customRow({
    type: "'published' | 'deprecated' | 'retired' | LifecycleDeclaration",
    default: "`'published'`",
    doc: 'The [state of the API](guards.md#lifecycle-of-an-api), alone or with the dates that its responses announce.',
    fields: LIFECYCLE_ROWS,
    read: readLifecycle,
  }),
  context: text({
    pattern: /^(?:\/[A-Za-z0-9._~-]+)+$/,
    rule: 'a path such as /orders, without a slash at its end',
    defaultText: '`/` and the name of the API',
    doc: 'The public prefix of its paths, which no other API may have.',
  }),
  sandbox: flag({ default: false, doc: 'True if tokens of sandbox keys are accepted.' }),
  websocket: flag({
    default: false,
    doc: 'True if its guards also accept the token of a WebSocket handshake in `Sec-WebSocket-Protocol: bearer, <token>`, and a one-time ticket in `?ticket=`, because scripts in browsers cannot set its Authorization header.',
  }),
  approval: flag({
    default: false,
    doc: 'True if a subscription that a user makes in the [portal](portal.md#approval-of-subscriptions), and another plan of one, waits for the approval of an administrator or the operator.',
  }),
  plans: customRow({
    type: 'string[]',
    default: 'subscriptions are not limited',
    range: 'names of declared plans',
    doc: 'The [plans](plans.md) of its subscriptions; the first one is the default.',
    read: readApiPlans,
  }),
  resources: customRow({
    type: 'ResourceDeclaration[]',
    default: 'required without `openapi`',
    doc: 'The resources of the API; other paths cannot be reached.',
    fields: RESOURCE_ROWS,
    entries: 'list',
    read: readResources,
  }),
  openapi: customRow({
    type: 'object',
    default: 'required without `resources`',
    doc: 'A parsed OpenAPI 3 document, whose `security` defines what each operation requires.',
    read: readOpenApi,
  }),
} satisfies Record<keyof ApiDeclaration, Row>;

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
