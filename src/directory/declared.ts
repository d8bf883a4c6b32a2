import type { DeclaredDirectory } from './directory';
import { pairsOf } from './key-pairs';
import type { Passwords } from './passwords';
import type { Application, Organization, User } from './records';

/** A declared user, before its password is hashed. */
export interface DeclaredUser {
  readonly username: string;
  readonly organization?: string;
  readonly roles: readonly string[];
  readonly password: { readonly clear: string } | { readonly hash: string };
}

export interface Declarations {
  readonly organizations: readonly Organization[];
  readonly users: readonly DeclaredUser[];
  readonly applications: readonly Application[];
}

const hashed = async ({ password, ...user }: DeclaredUser, passwords: Passwords): Promise<User> => ({
  ...user,
  passwordHash:
    'hash' in password ? passwords.acceptDeclared(password.hash) : await passwords.hashDeclared(password.clear),
  enabled: true,
});

/** Indexes declarations. Hashing continues in the background after startup; a sign-in waits for its own hash only. */
export const declareDirectory = (
  { organizations, users, applications }: Declarations,
  passwords: Passwords,
): DeclaredDirectory => {
  const entries = users.map((user) => [user.username, hashed(user, passwords)] as const);
  for (const [, user] of entries) user.catch(() => undefined); // reported when the user signs in
  const pairs = applications.flatMap(({ id, keys }) =>
    pairsOf(keys).map((pair) => [pair.clientId, { applicationId: id }] as const),
  );
  return {
    organizations: new Map(organizations.map((organization) => [organization.key, organization])),
    users: new Map(entries),
    applications: new Map(applications.map((application) => [application.id, application])),
    clients: new Map(pairs),
  };
};
