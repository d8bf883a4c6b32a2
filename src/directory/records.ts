import type { Digest } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';
import type { Environment } from '../tokens/records';
import type { Blockable } from './blocking';

/** Grant types that the gate offers. */
export const GRANT_TYPES = ['password', 'refresh_token', 'client_credentials'] as const;

export type GrantType = (typeof GRANT_TYPES)[number];

export interface Organization {
  /** Normal form: lower case. What stands behind the last `@` of a user's full name. */
  readonly key: string;
  readonly name?: string;
  readonly enabled: boolean;
}

export interface User extends Blockable {
  /** The full name in its normal form, organization included: `john@gmail.com@johnsorg`. The subject of tokens. */
  readonly username: string;
  readonly organization?: string;
  /** argon2id, PHC form. */
  readonly passwordHash: string;
  /** That this hash is of the password that another was of: digests of both. */
  readonly renewed?: { readonly from: Digest; readonly to: Digest };
  readonly roles: readonly string[];
}

/** One of the secrets of a key pair. The secret itself was shown once and is not here. */
export interface ClientSecret {
  readonly id: string;
  readonly digest: Digest;
  /** The end of the secret, to tell one from another; absent where it would be too much of it. */
  readonly lastFour?: string;
  readonly label?: string;
  readonly createdAt: EpochSeconds;
  readonly expiresAt?: EpochSeconds;
  /** To the minute, and up to a minute late. */
  readonly lastUsedAt?: EpochSeconds;
}

/** The credentials of an application in one environment: a client of RFC 6749 §2. */
export interface KeyPair {
  readonly clientId: string;
  readonly secrets: readonly ClientSecret[];
}

export interface Application extends Blockable {
  readonly id: string;
  readonly name: string;
  /** Full name of the user it belongs to. */
  readonly owner?: string;
  /** The owner's organization. */
  readonly organization?: string;
  /** Left out: all that the gate offers. */
  readonly grantTypes?: readonly GrantType[];
  /** Names of the APIs that it subscribes to: it gets scopes of these alone, and its tokens open these alone. */
  readonly subscriptions: readonly string[];
  /** The most that it may ever ask for. Left out: all scopes, of its APIs where there are APIs. */
  readonly scopes?: readonly string[];
  readonly introspect: boolean;
  /** Its removal has begun: no key pair can be added any more. */
  readonly removing?: true;
  readonly keys: { readonly [E in Environment]?: KeyPair };
}

/** A key pair together with the application that it belongs to. */
export interface Client {
  readonly clientId: string;
  readonly environment: Environment;
  readonly secrets: readonly ClientSecret[];
  readonly application: Application;
}
