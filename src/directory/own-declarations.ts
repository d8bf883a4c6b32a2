import type { Declarations, DeclaredUser } from './declarations';
import { rightsOfApplication, rightsOfUser } from './declared-rights';
import { ENVIRONMENTS } from './key-pairs';
import { identityOfPair, identityOfUser, type OwnDeclaration, type Provable } from './own-declaration';
import type { Passwords } from './passwords';
import type { Application, KeyPair, Organization, User } from './records';

const ofOrganization = ({ key }: Organization): OwnDeclaration => ({
  kind: 'organization',
  name: key,
  identity: '',
  rights: {},
});

const ofUser = (user: DeclaredUser, hashed: Promise<User>, passwords: Passwords): OwnDeclaration => {
  const { password } = user;
  return {
    kind: 'user',
    name: user.username,
    identity: identityOfUser(user),
    rights: rightsOfUser(user),
    provable: {
      hash: async () => (await hashed).passwordHash,
      isHashedIn: async (proof) =>
        'hash' in password ? password.hash === proof : passwords.verifyDeclared(proof, password.clear),
    },
  };
};

/** Secrets may be as easy to guess as passwords, because the operator chooses them. */
const provableSecrets = ({ secrets }: KeyPair, passwords: Passwords): Provable => {
  const digests = secrets.map(({ digest }) => digest).join(' ');
  return {
    hash: () => passwords.hashDeclared(digests),
    isHashedIn: (proof) => passwords.verifyDeclared(proof, digests),
  };
};

const ofPair = (application: Application, pair: KeyPair, passwords: Passwords): OwnDeclaration => ({
  kind: 'client',
  name: pair.clientId,
  identity: identityOfPair(application),
  rights: rightsOfApplication(application),
  ...(application.isPublic === true ? {} : { provable: provableSecrets(pair, passwords) }),
});

/** Returns all records that the options declare. */
export const ownDeclarations = (
  { organizations, users, applications }: Declarations,
  hashed: ReadonlyMap<string, Promise<User>>,
  passwords: Passwords,
): readonly OwnDeclaration[] => [
  ...organizations.map(ofOrganization),
  ...users.flatMap((user) => {
    const record = hashed.get(user.username);
    return record === undefined ? [] : [ofUser(user, record, passwords)];
  }),
  ...applications.flatMap((application) =>
    ENVIRONMENTS.flatMap((environment) => {
      const pair = application.keys[environment];
      return pair === undefined ? [] : [ofPair(application, pair, passwords)];
    }),
  ),
];
