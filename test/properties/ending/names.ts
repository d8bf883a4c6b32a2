/** Organizations: `base` is declared at all times, `north` is declared or created at some times. */
export const ORGANIZATIONS = ['base', 'north'] as const;

/** Full names of users. Each is declared at some times, and created at others. */
export const USERS = ['ann@base', 'bob@base', 'cid@north', 'dan@north'] as const;

/** Consumer keys of applications, of either organization. */
export const KEYS = ['key-1', 'key-2', 'key-3'] as const;

/** A user, and an application that is asked to sign the user in. */
export interface Party {
  readonly user: UserName;
  readonly key: ClientKey;
}

/** A declared user with a declared application, and a created user with a created one. */
export const PARTIES = [
  { user: 'ann@base', key: 'key-1' },
  { user: 'cid@north', key: 'key-2' },
] as const satisfies readonly Party[];

export type OrganizationKey = (typeof ORGANIZATIONS)[number];
export type UserName = (typeof USERS)[number];
export type ClientKey = (typeof KEYS)[number];

/** The scopes, in the order in which they are printed. The second needs the role clerk. */
export const SCOPES = ['read', 'update'] as const;

export type ScopeName = (typeof SCOPES)[number];
export type Scopes = readonly ScopeName[];

export type Role = 'clerk';
export type Roles = readonly Role[];

export const organizationOf = (user: UserName): OrganizationKey => (user.endsWith('@north') ? 'north' : 'base');

export const localName = (user: UserName): string => user.slice(0, user.indexOf('@'));

/** The owner of the applications of an organization. Not one of its users. */
export const ownerIn = (organization: OrganizationKey): string => `owner@${organization}`;

// Passwords and secrets are numbers in the model, and are never used twice. Nothing has the number 0.

export const passwordText = (password: number): string => `correct-horse-${password}`;

export const secretText = (secret: number): string => `client-secret-${secret}`;

export const printScopes = (scopes: readonly string[]): string => scopes.join(' ') || 'default';

export const printRoles = (roles: Roles): string => (roles.length === 0 ? 'no role' : `the role ${roles.join(' ')}`);
