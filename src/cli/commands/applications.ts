import type { Command } from '../command';
import { withGate } from '../operator-gate';
import { findApplication, listApplications, type ListedApplication } from '../owner';
import { printable, printTable } from '../printed-table';
import { STORE_FLAGS } from '../store-flags';

const HEADS = ['NAME', 'CONSUMER KEYS', 'OWNER', 'STATE', 'SOURCE'];

const rowOf = ({ name, keys, owner, enabled, disabledBy, declared }: ListedApplication) => [
  name,
  Object.values(keys)
    .map(({ clientId }) => clientId)
    .join(' ') || '-',
  owner ?? '-',
  enabled ? 'enabled' : `disabled by ${disabledBy ?? 'operator'}`,
  declared ? 'declared' : 'created',
];

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

const changing = (action: 'disable' | 'enable', summary: string): Command => ({
  words: ['applications', action],
  argument: 'KEY',
  summary,
  notes: ['KEY is any consumer key of the application. Declared applications are included.'],
  flags: STORE_FLAGS,
  run: async (run) =>
    withGate(run, async (opened) => {
      const { id, name, declared } = await findApplication(opened, run.argument);
      const { applications } = opened.gate.directory;
      const changed = await applications[action](id);
      return {
        json: { ...changed, name, declared },
        text: `The application ${printable(name)} is ${action}d${action === 'disable' ? ', and its tokens have ended' : ''}`,
      };
    }),
});

export const applicationsDisable = changing('disable', 'Refuses an application and ends its tokens, on all gates.');
export const applicationsEnable = changing('enable', 'Accepts a disabled application again.');
