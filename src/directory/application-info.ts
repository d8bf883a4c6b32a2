import type { EpochSeconds } from '../protocol/time';
import type { Environment } from '../tokens/records';
import type { Application, ClientSecret, GrantType } from './records';

export interface NewApplication {
  readonly name: string;
  /** Full name of the user it belongs to; its organization is the application's. */
  readonly owner?: string;
  /** @default all that the gate offers */
  readonly grantTypes?: readonly GrantType[];
  /** Names of APIs, where there are any: it gets scopes of these alone, and its tokens open these alone. */
  readonly subscriptions?: readonly string[];
  /** The most that it may ever ask for. @default all scopes, of its APIs where there are APIs */
  readonly scopes?: readonly string[];
  /** True if it may introspect the access tokens of its whole organization. @default false */
  readonly introspect?: boolean;
}

export interface KeyOrder {
  /** An API refuses sandbox tokens unless it takes them; guards outside of APIs let them in. */
  readonly environment: Environment;
  /** Given: this key is imported, so that clients of an existing system keep working. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Tells one secret from another, for people. */
  readonly label?: string;
  /** From then on the secret is refused. Epoch seconds; left out: never. */
  readonly expiresAt?: EpochSeconds;
}

/** The only time that a secret is shown. */
export interface GeneratedKeys {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly secretId: string;
}

/** A secret as management calls show it. */
export type SecretInfo = Omit<ClientSecret, 'digest'>;

export interface ApplicationInfo extends Omit<Application, 'keys' | 'removing'> {
  readonly keys: {
    readonly [E in Environment]?: { readonly clientId: string; readonly secrets: readonly SecretInfo[] };
  };
}

const MIN_SECRET_LENGTH_FOR_LAST_FOUR = 16;

/** The end of a secret, to tell one from another; nothing of one that is short. */
export const lastFourOf = (clientSecret: string): Pick<ClientSecret, 'lastFour'> =>
  clientSecret.length < MIN_SECRET_LENGTH_FOR_LAST_FOUR ? {} : { lastFour: clientSecret.slice(-4) };

const withoutDigest = ({ digest: _digest, ...info }: ClientSecret): SecretInfo => info;

export const infoOf = ({ keys, removing: _mark, ...application }: Application): ApplicationInfo => ({
  ...application,
  ...(application.enabled ? {} : { disabledBy: application.disabledBy ?? 'operator' }),
  keys: Object.fromEntries(
    Object.entries(keys).map(([environment, { clientId, secrets }]) => [
      environment,
      { clientId, secrets: secrets.map(withoutDigest) },
    ]),
  ),
});

export async function* infosOf(applications: AsyncIterable<Application>): AsyncGenerator<ApplicationInfo> {
  for await (const application of applications) yield infoOf(application);
}
