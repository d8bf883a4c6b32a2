import type { DeclaredRights } from './declared-rights';
import type { Application, User } from './records';
import { nameKey } from './usernames';

/** Kinds of declared records to which tokens are issued. A key pair is a client; an application is its first one. */
export type DeclaredKind = 'organization' | 'user' | 'client';

/** A password or secret that is compared with a hash of it. */
export interface Provable {
  /** Returns an argon2id hash of it. */
  hash(): Promise<string>;
  isHashedIn(proof: string): Promise<boolean>;
}

/** The facts of a declared record that are compared with what other gates have declared under the same name. */
export interface OwnDeclaration {
  readonly kind: DeclaredKind;
  readonly name: string;
  readonly identity: string;
  readonly rights: DeclaredRights;
  readonly provable?: Provable;
}

const readIdentity = ({ identity }: Pick<OwnDeclaration, 'identity'>): readonly unknown[] => {
  try {
    const read: unknown = JSON.parse(identity);
    return Array.isArray(read) ? read : [];
  } catch {
    return []; // not written by this version
  }
};

const isString = (value: unknown): value is string => typeof value === 'string';

/** Returns the identity of a user in a registration. */
export const identityOfUser = ({ organization }: Pick<User, 'organization'>): string => JSON.stringify([organization]);

export const readIdentityOfUser = (registered: Pick<OwnDeclaration, 'identity'>): Pick<User, 'organization'> => {
  const [organization] = readIdentity(registered);
  return isString(organization) ? { organization } : {};
};

/** The facts that identify a key pair: the id of its application, and the application's owner, organization and type. */
type PairIdentity = Pick<Application, 'id' | 'owner' | 'organization' | 'isPublic'>;

const PUBLIC = 'public';

/** Returns the identity of a key pair in a registration. That of a confidential one is as in earlier versions. */
export const identityOfPair = ({ id, owner, organization, isPublic = false }: PairIdentity): string =>
  JSON.stringify([id, owner, organization, ...(isPublic ? [PUBLIC] : [])]);

/** Reads the identity of a key pair. Its own name is the id if none can be read. */
export const readIdentityOfPair = (registered: Pick<OwnDeclaration, 'identity' | 'name'>): PairIdentity => {
  const [id, owner, organization, type] = readIdentity(registered);
  return {
    id: isString(id) ? id : registered.name,
    ...(isString(owner) ? { owner } : {}),
    ...(isString(organization) ? { organization } : {}),
    ...(type === PUBLIC ? { isPublic: true } : {}),
  };
};

/** Returns the key of a registration in the store. Names that could be mistaken for each other have the same key. */
export const registrationKey = (kind: DeclaredKind, name: string): string =>
  `${kind} ${kind === 'user' ? nameKey(name) : name}`;

/** Reads the kind in a key of the store. */
export const kindOfKey = (key: string): string => key.slice(0, Math.max(0, key.indexOf(' ')));
