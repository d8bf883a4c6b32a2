import type { GrantType } from '../protocol/grant-types';
import type { Digest } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';
import type { Environment } from '../tokens/records';
import type { Blockable } from './blocking';

export interface Organization {
  /** Normal form: lower case. The part of a user's full name after the last `@`. */
  readonly key: string;
  readonly name?: string;
  readonly enabled: boolean;
}

export interface User extends Blockable {
  /** The full name in its normal form, organization included: `john@gmail.com@johnsorg`. The subject of tokens. */
  readonly username: string;
  readonly organization?: string;
  /** Random, and never that of another user. Absent for declared users and in records of an earlier version. */
  readonly id?: string;
  /** argon2id, PHC form. Empty for an invited user who has not set a password yet. */
  readonly passwordHash: string;
  /** Set if the hash was renewed: the digests of the previous hash and of this one, both of the same password. */
  readonly renewed?: { readonly from: Digest; readonly to: Digest };
  readonly roles: readonly string[];
  /** Set until an invited user has set a password. */
  readonly isInvited?: true;
  /** Set while a sign-up waits for approval, and if it was rejected. The user is disabled until it is approved. */
  readonly signUp?: { readonly expiresAt: EpochSeconds; readonly isRejected?: true };
}

/** A secret of a key pair. The secret itself was returned once and is not stored. */
export interface ClientSecret {
  readonly id: string;
  readonly digest: Digest;
  /** Last four characters of the secret, to distinguish secrets; absent if the secret is short. */
  readonly lastFour?: string;
  readonly label?: string;
  readonly createdAt: EpochSeconds;
  readonly expiresAt?: EpochSeconds;
  /** Rounded down to the minute, and up to a minute late. */
  readonly lastUsedAt?: EpochSeconds;
}

/** The credentials of an application in one environment: a client of RFC 6749 §2. */
export interface KeyPair {
  readonly clientId: string;
  readonly secrets: readonly ClientSecret[];
}

/** A request for a subscription, or for another plan of one. It grants nothing until it is approved. */
export interface SubscriptionRequest {
  /** Random, and never that of another request: a decision is about the request that was shown. */
  readonly id: string;
  readonly api: string;
  /** Absent if the API had no plans. */
  readonly plan?: string;
  /** Epoch seconds, in milliseconds. */
  readonly requestedAt: EpochSeconds;
  /** Full name of the user who requested it. */
  readonly requestedBy?: string;
  /** Set once it was rejected. If omitted, it waits for approval. */
  readonly rejected?: { readonly at: EpochSeconds; readonly reason?: string };
}

export interface Application extends Blockable {
  readonly id: string;
  readonly name: string;
  /** Purpose of the application, in the words of its owner. At most 500 characters. */
  readonly description?: string;
  /** Full name of the user that owns the application. */
  readonly owner?: string;
  /** The id of the owner's record, if the owner had one when the application was created. */
  readonly ownerId?: string;
  /** The owner's organization. */
  readonly organization?: string;
  /** If omitted, all grant types that the gate offers. */
  readonly grantTypes?: readonly GrantType[];
  /** Names of APIs: it gets the scopes of these APIs only, and no other API accepts its tokens. */
  readonly subscriptions: readonly string[];
  /** Names of the plans of subscriptions, by API. A subscription that is absent here has the default plan of its API. */
  readonly plans?: Readonly<Record<string, string>>;
  /** Requests for subscriptions that are not approved, at most one for each API. */
  readonly requests?: readonly SubscriptionRequest[];
  /** The scopes that it may request at most. If omitted, all scopes; those of its APIs if APIs are declared. */
  readonly scopes?: readonly string[];
  readonly introspect: boolean;
  /** Registered redirect URIs (RFC 6749 §3.1.2). If there are none, it cannot use the authorization code. */
  readonly redirectUris?: readonly string[];
  /** True for a public client (RFC 6749 §2.1): its key pairs have no secrets. */
  readonly isPublic?: boolean;
  /** False if users are not asked for consent, for a declared application of the operator's own. */
  readonly asksConsent?: boolean;
  /** Set once its removal has begun: no key pair can be added. */
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
