import type { EpochSeconds } from '../protocol/time';
import type { Environment } from '../tokens/records';
import type { Application, ClientSecret } from './records';
import type { GrantType } from '../protocol/grant-types';
import type { Subscription } from './subscriptions';

export interface NewApplication {
  readonly name: string;
  /** Purpose, for people, at most 500 characters. @default none */
  readonly description?: string;
  /** Full name of the user that owns the application. It belongs to the owner's organization. */
  readonly owner?: string;
  /** @default all grant types that the gate offers */
  readonly grantTypes?: readonly GrantType[];
  /**
   * Names of APIs, if any are declared, each alone or with a plan: it gets the scopes of these only, and no other API
   * accepts its tokens.
   */
  readonly subscriptions?: readonly (string | Subscription)[];
  /** The scopes that it may request at most. @default all scopes; those of its APIs if APIs are declared */
  readonly scopes?: readonly string[];
  /** True if it may introspect the access tokens of its whole organization. @default false */
  readonly introspect?: boolean;
  /** The URIs to which users may return with an authorization code, at most 20 (RFC 6749 §3.1.2). @default none */
  readonly redirectUris?: readonly string[];
  /** True for a public client (RFC 6749 §2.1), such as a browser app: its keys have no secrets. @default false */
  readonly public?: boolean;
}

export interface KeyOrder {
  /** An API refuses sandbox tokens unless its `sandbox` is true; guards outside of APIs accept them. */
  readonly environment: Environment;
  /** If given, this key is imported, so that clients of an existing system keep working. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Distinguishes this secret from others, for people. */
  readonly label?: string;
  /** The secret is refused from this instant on. Epoch seconds. @default never */
  readonly expiresAt?: EpochSeconds;
}

/** A client id of a public application, which has no secret. */
export interface ClientIdOrder {
  readonly environment: Environment;
  /** If given, this client id is imported, so that clients of an existing system keep working. */
  readonly clientId?: string;
}

/** Generated keys. The secret is returned here only and cannot be read again. */
export interface GeneratedKeys {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly secretId: string;
}

/** A secret as management calls return it. */
export type SecretInfo = Omit<ClientSecret, 'digest'>;

/** Fields of a record that are internal, or that have another form here. */
type InternalField = 'keys' | 'removing' | 'ownerId' | 'redirectUris' | 'isPublic' | 'asksConsent';

export interface ApplicationInfo extends Omit<Application, InternalField> {
  readonly redirectUris: readonly string[];
  /** True for a public client (RFC 6749 §2.1): its keys have no secrets. */
  readonly public: boolean;
  readonly keys: {
    readonly [E in Environment]?: { readonly clientId: string; readonly secrets: readonly SecretInfo[] };
  };
}

const MIN_SECRET_LENGTH_FOR_LAST_FOUR = 16;

/** Returns the last four characters of a secret, to distinguish secrets; nothing if the secret is short. */
export const lastFourOf = (clientSecret: string): Pick<ClientSecret, 'lastFour'> =>
  clientSecret.length < MIN_SECRET_LENGTH_FOR_LAST_FOUR ? {} : { lastFour: clientSecret.slice(-4) };

const withoutDigest = ({ digest: _digest, ...info }: ClientSecret): SecretInfo => info;

export const infoOf = (application: Application): ApplicationInfo => {
  const { keys, redirectUris = [], isPublic = false, ...rest } = application;
  const { removing: _mark, ownerId: _ownerId, asksConsent: _asksConsent, ...shown } = rest;
  return {
    ...shown,
    redirectUris,
    public: isPublic,
    ...(shown.enabled ? {} : { disabledBy: shown.disabledBy ?? 'operator' }),
    keys: infosOfKeys(keys),
  };
};

const infosOfKeys = (keys: Application['keys']): ApplicationInfo['keys'] =>
  Object.fromEntries(
    Object.entries(keys).map(([environment, { clientId, secrets }]) => [
      environment,
      { clientId, secrets: secrets.map(withoutDigest) },
    ]),
  );

export async function* infosOf(applications: AsyncIterable<Application>): AsyncGenerator<ApplicationInfo> {
  for await (const application of applications) yield infoOf(application);
}
