import type { Command } from '../command';
import { Problem } from '../failure';
import { withGate, type OperatorGate } from '../operator-gate';
import { findExistingOrganization, listOrganizations, type ListedOrganization } from '../organization';
import { printable, printTable } from '../printed-table';
import { STORE_FLAGS } from '../store-flags';

const HEADS = ['KEY', 'NAME', 'STATE', 'SOURCE'];

const rowOf = ({ key, name, enabled, declared }: ListedOrganization) => [
  key,
  name ?? '-',
  enabled ? 'enabled' : 'disabled',
  declared ? 'declared' : 'created',
];

export const organizationsList: Command = {
  words: ['organizations', 'list'],
  summary: 'Lists the organizations that were created at run time, and those that running gates declare.',
  flags: STORE_FLAGS,
  run: async (run) => {
    const organizations = await withGate(run, async (opened) => {
      const found: ListedOrganization[] = [];
      for await (const organization of listOrganizations(opened)) found.push(organization);
      return found;
    });
    return { json: organizations, text: printTable(HEADS, organizations.map(rowOf)) };
  },
};

export const organizationsCreate: Command = {
  words: ['organizations', 'create'],
  argument: 'KEY',
  summary: 'Creates an organization. KEY is the part of user names after the last @.',
  flags: { name: { value: 'NAME', doc: 'display name' }, ...STORE_FLAGS },
  run: async (run) => {
    const { name } = run.values;
    return withGate(run, async ({ gate, note }) => {
      const created = await gate.directory.organizations.create({
        key: run.argument,
        ...(name === undefined ? {} : { name }),
      });
      note({ action: 'create_organization', organization: created.key, target: created.key });
      const text = `The organization ${created.key} is created`;
      return { json: { ...created, declared: false }, text };
    });
  },
};

const refuseDeclared = async (opened: OperatorGate, key: string): Promise<ListedOrganization> => {
  const organization = await findExistingOrganization(opened, key);
  if (!organization.declared) return organization;
  throw new Problem(
    'The organization is declared: change it in the options and restart or reload the gates. tokens revoke --organization ends its tokens now',
  );
};

const changing = (action: 'disable' | 'enable', summary: string): Command => ({
  words: ['organizations', action],
  argument: 'KEY',
  summary,
  notes: ['KEY must be that of an organization that was created at run time.'],
  flags: STORE_FLAGS,
  run: async (run) =>
    withGate(run, async (opened) => {
      const { key, declared } = await refuseDeclared(opened, run.argument);
      const changed = await opened.gate.directory.organizations[action](key);
      opened.note({ action: `${action}_organization`, organization: key, target: key });
      const ended =
        action === 'disable' ? ', and the tokens and sessions of its users and applications have ended' : '';
      return { json: { ...changed, declared }, text: `The organization ${printable(key)} is ${action}d${ended}` };
    }),
});

export const organizationsDisable = changing('disable', 'Refuses all users and applications of an organization.');
export const organizationsEnable = changing('enable', 'Accepts a disabled organization again.');

export const organizationsRemove: Command = {
  words: ['organizations', 'remove'],
  argument: 'KEY',
  summary: 'Removes an organization. Its users and applications stay, but are refused until they are removed.',
  notes: ['KEY must be that of an organization that was created at run time.'],
  flags: STORE_FLAGS,
  run: async (run) =>
    withGate(run, async (opened) => {
      const { key } = await refuseDeclared(opened, run.argument);
      await opened.gate.directory.organizations.remove(key);
      opened.note({ action: 'remove_organization', organization: key, target: key });
      return { json: { removed: { organization: key } }, text: `The organization ${printable(key)} is removed` };
    }),
};
