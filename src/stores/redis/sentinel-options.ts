import type { RedisLike } from './redis-like';

/** Sentinels whose events a gate receives, at most: each costs it one connection. */
const MAX_SENTINELS = 10;

interface SentinelAddress {
  readonly host?: string;
  readonly port?: number;
  readonly family?: number;
}

/** The options of an ioredis client that Sentinels locate. */
export interface SentinelOptions {
  readonly sentinels: readonly SentinelAddress[];
  /** The primary's name in the configuration of the Sentinels. */
  readonly name: string;
  readonly family?: number;
  readonly sentinelUsername?: string | null;
  readonly sentinelPassword?: string | null;
  readonly sentinelTLS?: object;
}

const hasSentinels = (options: object | undefined): options is SentinelOptions =>
  options !== undefined &&
  'sentinels' in options &&
  Array.isArray(options.sentinels) &&
  options.sentinels.length > 0 &&
  'name' in options &&
  typeof options.name === 'string';

/** Returns the options of a client that Sentinels locate; `undefined` for any other client. */
export const sentinelOptionsOf = (client: RedisLike & { readonly options?: object }): SentinelOptions | undefined => {
  const { options } = client;
  return hasSentinels(options) ? options : undefined;
};

/** Returns, for each Sentinel, the options of a client that connects to it instead of to the primary. */
export const sentinelConnections = (options: SentinelOptions): readonly object[] =>
  options.sentinels.slice(0, MAX_SENTINELS).map(({ host = 'localhost', port = 26_379, family = options.family }) => ({
    sentinels: undefined,
    name: undefined,
    path: undefined,
    host,
    port,
    family,
    username: options.sentinelUsername ?? undefined,
    password: options.sentinelPassword ?? undefined,
    tls: options.sentinelTLS,
    // A Sentinel has no keys and no databases, and is neither loading data nor a replica.
    db: 0,
    keyPrefix: '',
    readOnly: false,
    enableReadyCheck: false,
    commandTimeout: undefined,
    autoResubscribe: false,
  }));
