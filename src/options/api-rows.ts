import { LIFECYCLE_ROWS, readLifecycle } from './lifecycle';
import { readOpenApi } from './openapi/openapi';
import type { ApiDeclaration } from './options';
import { readApiPlans } from './plans';
import { prose } from './prose';
import { readResources, RESOURCE_ROWS } from './resources';
import { customRow, flag, text, type Row } from './row';
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
