import { phrases } from './phrases';

/** Texts of the list of users and of what all pages about users show. */
export const users = {
  title: 'Users',
  listed: 'Users of your organization',
  managedElsewhere: 'Users are managed outside this portal.',
  search: 'Search users',
  filter: 'Filter',
  none: 'No users match your search.',
  showAll: 'Show all users',
  nextPage: 'Next page',
  found: (count: number) => phrases.counted(count, 'user', 'users'),
  heads: { username: 'User name', roles: 'Roles', state: 'State', source: 'Source' },
  allStates: 'All',
  states: {
    enabled: 'Enabled',
    disabled: 'Disabled',
    invited: 'Invited',
    waiting: 'Waiting for approval',
  },
  disabledBy: {
    administrator: 'Disabled by an administrator',
    operator: 'Disabled by the operator',
  },
  locked: 'Locked',
  /** Before a time. */
  until: 'until',
  fromConfiguration: 'Managed in the configuration file',
  fromPortal: 'Created here',
  disable: 'Disable',
  enable: 'Enable',
  unlock: 'Unlock',
  /** Name of a button for one user. */
  actionOn: (action: string, username: string) => `${action} ${username}`,
  createUser: 'Create user',
  done: {
    disabled: 'User disabled. All sessions and tokens of the user have ended.',
    enabled: 'User enabled.',
    unlocked: 'Account unlocked.',
    removed: 'User removed.',
    created: 'User created.',
    roles: 'Roles saved. Tokens keep only what the new roles allow.',
    'signed-out': 'The user is signed out everywhere, and all tokens of the user have ended.',
    'sign-up-approved': 'Sign-up approved. The user can sign in now.',
    'sign-up-rejected': 'Sign-up rejected. The name is free again.',
  },
};
