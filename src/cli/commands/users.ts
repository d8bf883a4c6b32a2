import type { UserInfo } from '../../directory/user-info';
import { splitName } from '../../directory/usernames';
import type { Command, Run } from '../command';
import { Problem } from '../failure';
import { withGate, type OperatorGate } from '../operator-gate';
import { findUser, listUsers, mayBeUser, type ListedUser } from '../owner';
import { printable, printTable } from '../printed-table';
import { readSecret } from '../secret-source';
import { STORE_FLAGS } from '../store-flags';

const HEADS = ['USER', 'ROLES', 'STATE', 'SOURCE'];

const rowOf = ({ username, roles, enabled, disabledBy, declared }: ListedUser) => [
  username,
  roles.join(' ') || '-',
  enabled ? 'enabled' : `disabled by ${disabledBy ?? 'operator'}`,
  declared ? 'declared' : 'created',
];

export const usersList: Command = {
  words: ['users', 'list'],
  summary: 'Lists the users that were created at run time, and those that running gates declare.',
  flags: STORE_FLAGS,
  run: async (run) => {
    const users = await withGate(run, async (opened) => {
      const found: ListedUser[] = [];
      for await (const user of listUsers(opened)) found.push(user);
      return found;
    });
    return { json: users, text: printTable(HEADS, users.map(rowOf)) };
  },
};

const findExisting = async (opened: OperatorGate, name: string): Promise<ListedUser> => {
  const user = await findUser(opened, name);
  if (user === undefined) throw new Problem('There is no user of this name');
  return user;
};

const changing = (action: 'disable' | 'enable', summary: string): Command => ({
  words: ['users', action],
  argument: 'NAME',
  summary,
  notes: ['NAME is the full name, with the organization if there are any. Declared users are included.'],
  flags: STORE_FLAGS,
  run: async (run) =>
    withGate(run, async (opened) => {
      const { declared } = await findExisting(opened, run.argument);
      const user = await opened.gate.directory.users[action](run.argument);
      const ended = action === 'disable' ? ', and the tokens and sessions of the user have ended' : '';
      return { json: { ...user, declared }, text: `The user ${printable(user.username)} is ${action}d${ended}` };
    }),
});

export const usersDisable = changing('disable', 'Refuses a user and ends tokens and sessions, on all gates.');
export const usersEnable = changing('enable', 'Accepts a disabled user again.');

export const usersUnlock: Command = {
  words: ['users', 'unlock'],
  argument: 'NAME',
  summary: 'Deletes the failed sign-ins of a user, so that the user can sign in again immediately.',
  flags: STORE_FLAGS,
  run: async (run) =>
    withGate(run, async (opened) => {
      await opened.gate.directory.users.unlock(run.argument);
      if (!(await mayBeUser(opened, run.argument))) throw new Problem('There is no user of this name');
      const text = `The failed sign-ins of the user ${printable(run.argument)} are deleted`;
      return { json: { unlocked: { user: run.argument } }, text };
    }),
};

const PASSWORD_FLAG = {
  'password-file': { value: 'FILE', doc: 'file with the password; default: standard input, without the last line end' },
};

const readPassword = ({ values, input }: Run): Promise<string> => readSecret(values['password-file'] ?? '-', input);

const printUser = ({ username }: UserInfo, done: string): string => `The user ${printable(username)} ${done}`;

export const usersSetPassword: Command = {
  words: ['users', 'set-password'],
  argument: 'NAME',
  summary: 'Sets the password of a user that was created at run time, and ends tokens and sessions.',
  notes: ['The password is read from standard input, or from a file; never from an argument.'],
  flags: { ...PASSWORD_FLAG, ...STORE_FLAGS },
  run: async (run) => {
    const password = await readPassword(run);
    return withGate(run, async (opened) => {
      const { declared } = await findExisting(opened, run.argument);
      if (declared) throw new Problem('The user is declared: change the password in the options and restart the gates');
      const user = await opened.gate.directory.users.setPassword(run.argument, password);
      const done = 'has a new password, and the tokens and sessions of the user have ended';
      return { json: { ...user, declared }, text: printUser(user, done) };
    });
  },
};

const hasOrganization = async ({ gate: { directory } }: OperatorGate, key: string): Promise<boolean> => {
  if ((await directory.organizations.find(key)) !== undefined) return true;
  for await (const organization of directory.organizations.listDeclaredElsewhere()) {
    if (organization.key === key.toLowerCase()) return true;
  }
  return false;
};

/** Splits a full name, if its last part is an organization: a user name may have an @ of its own. */
const splitFullName = async (opened: OperatorGate, fullName: string) => {
  const { name, organization } = splitName(fullName);
  if (organization === undefined || !(await hasOrganization(opened, organization))) return { username: fullName };
  return { username: name, organization };
};

export const usersCreate: Command = {
  words: ['users', 'create'],
  argument: 'NAME',
  summary: 'Creates a user. NAME is the full name, such as john@gmail.com@johnsorg if there are organizations.',
  notes: ['The password is read from standard input, or from a file; never from an argument.'],
  flags: {
    ...PASSWORD_FLAG,
    roles: { value: 'ROLE,…', doc: 'roles of the user; default: none' },
    ...STORE_FLAGS,
  },
  run: async (run) => {
    const password = await readPassword(run);
    const roles = run.values['roles']?.split(',').map((role) => role.trim()) ?? [];
    return withGate(run, async (opened) => {
      const names = await splitFullName(opened, run.argument);
      const user = await opened.gate.directory.users.create({ ...names, password, roles });
      return { json: { ...user, declared: false }, text: printUser(user, 'is created') };
    });
  },
};
