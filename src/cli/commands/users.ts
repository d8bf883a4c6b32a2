import type { UserInfo } from '../../directory/user-info';
import { splitName } from '../../directory/usernames';
import { required } from '../arguments';
import type { Action } from '../audit';
import type { Command, Run } from '../command';
import { Problem } from '../failure';
import { withGate, type OperatorGate } from '../operator-gate';
import { nearestOf } from '../nearest';
import { listOrganizations } from '../organization';
import { findExistingUser, listUsers, refuseUnknownUser, type ListedUser } from '../owner';
import { printable, printTable } from '../printed-table';
import { readNewPassword } from '../secret-source';
import { STORE_FLAGS } from '../store-flags';

const HEADS = ['USER', 'ROLES', 'STATE', 'SOURCE'];

const stateOf = ({ enabled, disabledBy, awaits }: ListedUser): string => {
  if (awaits === 'approval') return 'waits for approval';
  if (!enabled) return `disabled by ${disabledBy ?? 'operator'}`;
  return awaits === 'password' ? 'invited' : 'enabled';
};

const rowOf = (user: ListedUser) => [
  user.username,
  user.roles.join(' ') || '-',
  stateOf(user),
  user.declared ? 'declared' : 'created',
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

/** Returns an action on a user, as the audit records it. */
export const actionOn = (action: string, { username, organization }: UserInfo, detail?: string): Action => ({
  action,
  target: username,
  ...(organization === undefined ? {} : { organization }),
  ...(detail === undefined ? {} : { detail }),
});

const changing = (action: 'disable' | 'enable', summary: string): Command => ({
  words: ['users', action],
  argument: 'NAME',
  summary,
  notes: ['NAME is the full name, with the organization if there are any. Declared users are included.'],
  flags: STORE_FLAGS,
  run: async (run) =>
    withGate(run, async (opened) => {
      const { declared } = await findExistingUser(opened, run.argument);
      const user = await opened.gate.directory.users[action](run.argument);
      opened.note(actionOn(`${action}_user`, user));
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
      const user = await refuseUnknownUser(opened, run.argument);
      opened.note(actionOn('unlock_user', user ?? { username: run.argument, roles: [], enabled: true }));
      const text = `The failed sign-ins of the user ${printable(run.argument)} are deleted`;
      return { json: { unlocked: { user: run.argument } }, text };
    }),
};

const PASSWORD_FLAG = {
  'password-file': { value: 'FILE', doc: 'file with the password; default: standard input, not echoed at a terminal' },
};

const readPassword = (run: Run): Promise<string> => readNewPassword(run.values['password-file'] ?? '-', run);

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
      const { declared } = await findExistingUser(opened, run.argument);
      if (declared)
        throw new Problem('The user is declared: change the password in the options and restart or reload the gates');
      const user = await opened.gate.directory.users.setPassword(run.argument, password);
      opened.note(actionOn('set_password', user));
      const done = 'has a new password, and the tokens and sessions of the user have ended';
      return { json: { ...user, declared }, text: printUser(user, done) };
    });
  },
};

export const readRoles = (text: string | undefined): readonly string[] =>
  text?.split(',').map((role) => role.trim()) ?? [];

export const ROLES_FLAG = { roles: { value: 'ROLE,…', doc: 'roles of the user; default: none' } };

/** Splits a full name, if its last part is an organization: a user name may have an @ of its own. */
export const splitFullName = async (opened: OperatorGate, fullName: string) => {
  const { name, organization } = splitName(fullName);
  const known: string[] = [];
  for await (const { key } of listOrganizations(opened)) known.push(key);
  if (known.length === 0) return { username: fullName };
  if (organization !== undefined && known.includes(organization.toLowerCase())) return { username: name, organization };
  const meant = nearestOf(organization ?? '', known);
  throw new Problem(`NAME must end with @ and one of the organizations, see scopegate organizations list${meant}`);
};

export const usersCreate: Command = {
  words: ['users', 'create'],
  argument: 'NAME',
  summary: 'Creates a user. NAME is the full name, such as john@gmail.com@johnsorg if there are organizations.',
  notes: ['The password is read from standard input, or from a file; never from an argument.'],
  flags: {
    ...PASSWORD_FLAG,
    ...ROLES_FLAG,
    ...STORE_FLAGS,
  },
  run: async (run) => {
    const password = await readPassword(run);
    const roles = readRoles(run.values['roles']);
    return withGate(run, async (opened) => {
      const names = await splitFullName(opened, run.argument);
      const user = await opened.gate.directory.users.create({ ...names, password, roles });
      opened.note(actionOn('create_user', user, roles.join(' ')));
      return { json: { ...user, declared: false }, text: printUser(user, 'is created') };
    });
  },
};

export const usersSetRoles: Command = {
  words: ['users', 'set-roles'],
  argument: 'NAME',
  summary: 'Replaces the roles of a user that was created at run time, and ends access tokens.',
  notes: ['The next refresh grants the scopes that the new roles allow.'],
  flags: { roles: { value: 'ROLE,…', doc: 'the new roles; none for no role' }, ...STORE_FLAGS },
  run: async (run) => {
    const given = required(run.values, 'roles');
    const roles = given === 'none' ? [] : readRoles(given);
    return withGate(run, async (opened) => {
      const { declared } = await findExistingUser(opened, run.argument);
      if (declared)
        throw new Problem('The user is declared: change the roles in the options and restart or reload the gates');
      const user = await opened.gate.directory.users.setRoles(run.argument, roles);
      opened.note(actionOn('set_roles', user, roles.join(' ') || 'no role'));
      const text = printUser(user, `has ${user.roles.length === 0 ? 'no role' : `the roles ${user.roles.join(', ')}`}`);
      return { json: { ...user, declared }, text: printable(text) };
    });
  },
};

export const usersRemove: Command = {
  words: ['users', 'remove'],
  argument: 'NAME',
  summary: 'Removes a user, and ends tokens and sessions. The applications of the user stay.',
  notes: ['A declared user is removed only if no gate declares the user any more; use users disable otherwise.'],
  flags: STORE_FLAGS,
  run: async (run) =>
    withGate(run, async (opened) => {
      const user = await findExistingUser(opened, run.argument);
      await opened.gate.directory.users.remove(run.argument);
      opened.note(actionOn('remove_user', user));
      return { json: { removed: { user: user.username } }, text: printUser(user, 'is removed') };
    }),
};
