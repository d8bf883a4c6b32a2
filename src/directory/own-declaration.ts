import type { DeclaredRights } from './declared-rights';
import { nameKey } from './usernames';

/** Kinds of declared records to which tokens are issued. A key pair is a client; an application is its first one. */
export type DeclaredKind = 'organization' | 'user' | 'client';

/** A password or secret that is compared with a hash of it. */
export interface Provable {
  /** Returns an argon2id hash of it. */
  hash(): Promise<string>;
  isHashedIn(proof: string): Promise<boolean>;
}

/** A record that this gate declares, as far as it is compared with what other gates declared. */
export interface OwnDeclaration {
  readonly kind: DeclaredKind;
  readonly name: string;
  readonly identity: string;
  readonly rights: DeclaredRights;
  readonly provable?: Provable;
}

/** Returns the key of a registration in the store. Names that could be mistaken for each other have the same key. */
export const registrationKey = (kind: DeclaredKind, name: string): string =>
  `${kind} ${kind === 'user' ? nameKey(name) : name}`;

/** Reads the kind in a key of the store. */
export const kindOfKey = (key: string): string => key.slice(0, Math.max(0, key.indexOf(' ')));
