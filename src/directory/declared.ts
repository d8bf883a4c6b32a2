import type { DeclaredDirectory } from './directory';
import { pairsOf } from './key-pairs';
import type { Declarations, DeclaredUser } from './declarations';
import { ownDeclarations } from './own-declarations';
import type { OwnDeclaration } from './own-declaration';
import type { Passwords } from './passwords';
import type { User } from './records';

const hashed = async ({ password, ...user }: DeclaredUser, passwords: Passwords): Promise<User> => ({
  ...user,
  passwordHash:
    'hash' in password ? passwords.acceptDeclared(password.hash) : await passwords.hashDeclared(password.clear),
  enabled: true,
});

/** Indexes declarations. Hashing continues in the background after startup; a sign-in waits for its own hash only. */
export const declareDirectory = (
  declarations: Declarations,
  passwords: Passwords,
): DeclaredDirectory & { readonly own: readonly OwnDeclaration[] } => {
  const { organizations, users, applications } = declarations;
  const hashing = new Map(users.map((user) => [user.username, hashed(user, passwords)] as const));
  const declaredUsers = new Map<string, User | Promise<User>>(hashing);
  for (const [name, user] of hashing) {
    user.then(
      (hashedUser) => declaredUsers.set(name, hashedUser),
      () => undefined, // reported when the user signs in
    );
  }
  const pairs = applications.flatMap(({ id, keys }) =>
    pairsOf(keys).map((pair) => [pair.clientId, { applicationId: id }] as const),
  );
  return {
    organizations: new Map(organizations.map((organization) => [organization.key, organization])),
    users: declaredUsers,
    applications: new Map(applications.map((application) => [application.id, application])),
    clients: new Map(pairs),
    own: ownDeclarations(declarations, hashing, passwords),
  };
};
