import { planNameOf } from '../../directory/subscriptions';
import type { Action } from '../audit';
import type { Command } from '../command';
import { withGate } from '../operator-gate';
import { findApplication, listApplications, type ListedApplication } from '../owner';
import { printable, printInstant, printTable } from '../printed-table';
import { STORE_FLAGS } from '../store-flags';

const HEADS = ['NAME', 'CONSUMER KEYS', 'OWNER', 'SUBSCRIPTIONS', 'STATE', 'SOURCE'];

const stateOf = ({ enabled, disabledBy }: ListedApplication): string =>
  enabled ? 'enabled' : `disabled by ${disabledBy ?? 'operator'}`;

const rowOf = (application: ListedApplication) => {
  const { id, name, keys, owner, declared } = application;
  const clientIds = Object.values(keys).map(({ clientId }) => clientId);
  return [
    name,
    clientIds.join(' ') || `none, id ${id}`,
    owner ?? '-',
    subscriptionsOf(application),
    stateOf(application),
    declared ? 'declared' : 'created',
  ];
};

/** Returns an action on an application, as the audit records it. */
export const actionOn = (
  action: string,
  { name, organization }: Pick<ListedApplication, 'name' | 'organization'>,
  details: Pick<Action, 'clientId' | 'detail'> = {},
): Action => ({ action, target: name, ...(organization === undefined ? {} : { organization }), ...details });

export const applicationsList: Command = {
  words: ['applications', 'list'],
  summary: 'Lists the applications that were created at run time, and those that running gates declare.',
  notes: ['The display names of declared applications are known with --config only; otherwise it is the key.'],
  flags: STORE_FLAGS,
  run: async (run) => {
    const applications = await withGate(run, async (opened) => {
      const found: ListedApplication[] = [];
      for await (const application of listApplications(opened)) found.push(application);
      return found;
    });
    return { json: applications, text: printTable(HEADS, applications.map(rowOf)) };
  },
};

const SECRET_HEADS = ['SECRET', 'ENVIRONMENT', 'ENDS WITH', 'LABEL', 'CREATED', 'LAST USED', 'EXPIRES'];

const secretRowsOf = ({ keys }: ListedApplication) =>
  Object.entries(keys).flatMap(([environment, { secrets }]) =>
    secrets.map(({ id, lastFour, label, createdAt, lastUsedAt, expiresAt }) => [
      id,
      environment,
      lastFour ?? '-',
      label ?? '-',
      printInstant(createdAt),
      printInstant(lastUsedAt),
      printInstant(expiresAt),
    ]),
  );

/** Returns the subscriptions of an application, each with the plan that it names. */
const subscriptionsOf = (application: ListedApplication): string =>
  application.subscriptions
    .map((api) => {
      const plan = planNameOf(application, api);
      return plan === undefined ? api : `${api} (plan ${plan})`;
    })
    .join(', ') || '-';

const describe = (application: ListedApplication): string => {
  const { id, name, owner, keys, organization, scopes, grantTypes, redirectUris, declared } = application;
  const facts: readonly (readonly [string, string])[] = [
    ['name', name],
    ['description', application.description ?? '-'],
    ['id', id],
    ...Object.entries(keys).map(([environment, { clientId }]) => [`${environment} key`, clientId] as const),
    ['owner', owner ?? '-'],
    ['organization', organization ?? '-'],
    ['state', stateOf(application)],
    ['source', declared ? 'declared' : 'created'],
    ['subscriptions', subscriptionsOf(application)],
    ['scopes', scopes === undefined ? 'not limited' : scopes.join(', ') || 'none'],
    ['type', application.public ? 'public' : 'confidential'],
    ['redirect URIs', redirectUris.join(', ') || '-'],
    ['grant types', grantTypes === undefined ? 'all' : grantTypes.join(', ')],
  ];
  const rows = secretRowsOf(application);
  const lines = facts.map(([fact, value]) => `${`${fact}:`.padEnd(16)}${printable(value)}`).join('\n');
  return rows.length === 0 ? lines : `${lines}\n\n${printTable(SECRET_HEADS, rows)}`;
};

export const applicationsShow: Command = {
  words: ['applications', 'show'],
  argument: 'KEY',
  summary: 'Prints the rights and the secrets of an application: their ids, never the secrets themselves.',
  notes: [
    'KEY is any consumer key of the application, or its id. The secrets of declared applications are not listed.',
  ],
  flags: STORE_FLAGS,
  run: async (run) => {
    const application = await withGate(run, (opened) => findApplication(opened, run.argument));
    return { json: application, text: describe(application) };
  },
};

const changing = (action: 'disable' | 'enable', summary: string): Command => ({
  words: ['applications', action],
  argument: 'KEY',
  summary,
  notes: ['KEY is any consumer key of the application, or its id. Declared applications are included.'],
  flags: STORE_FLAGS,
  run: async (run) =>
    withGate(run, async (opened) => {
      const { id, name, declared } = await findApplication(opened, run.argument);
      const { applications } = opened.gate.directory;
      const changed = await applications[action](id);
      opened.note(actionOn(`${action}_application`, { ...changed, name }));
      return {
        json: { ...changed, name, declared },
        text: `The application ${printable(name)} is ${action}d${action === 'disable' ? ', and its tokens have ended' : ''}`,
      };
    }),
});

export const applicationsDisable = changing('disable', 'Refuses an application and ends its tokens, on all gates.');
export const applicationsEnable = changing('enable', 'Accepts a disabled application again.');
