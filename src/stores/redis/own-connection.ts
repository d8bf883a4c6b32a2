import type { RedisLike } from '../../options/redis-like';
import type { Milliseconds } from '../../protocol/time';

// The options of a handed-in client suit its owner: with ioredis's defaults a request waits for minutes when Redis is
// away, and for ever when it hangs. So the gate talks over a connection of its own.
const ownOptions = {
  lazyConnect: false,
  enableAutoPipelining: false, // the writes of a tick are gathered at less cost
  enableOfflineQueue: false,
  stringNumbers: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 2_000,
  disconnectTimeout: 100,
  retryStrategy: (attempt: number): Milliseconds => Math.min(attempt * 50, 1_000),
};

/** A replica that stays one refuses every write, and each new connection is a moment in which nothing is answered. */
const BETWEEN_RECONNECTIONS_MS = 1_000;

/** A primary that was demoted keeps its connections and fails every write; a new connection finds the new primary. */
const reconnectWhenDemoted = (): ((error: Error) => boolean) => {
  let nextAt: Milliseconds = 0;
  return (error) => {
    const now = performance.now();
    if (now < nextAt || !/\bREADONLY\b/.test(error.message)) return false;
    nextAt = now + BETWEEN_RECONNECTIONS_MS;
    return true;
  };
};

interface ClusterLike extends RedisLike {
  readonly isCluster: true;
  readonly options?: { readonly redisOptions?: object };
}

export const isCluster = (client: RedisLike): client is ClusterLike =>
  'isCluster' in client && client.isCluster === true;

/** A connection of the gate's own to where a client that was handed in leads. */
export const ownConnection = (handedIn: RedisLike, changes: object = {}): RedisLike => {
  const reconnectOnError = reconnectWhenDemoted();
  if (!isCluster(handedIn)) return handedIn.duplicate({ ...ownOptions, reconnectOnError, ...changes });
  const { lazyConnect, enableOfflineQueue, retryStrategy, ...redisOptions } = ownOptions;
  return handedIn.duplicate([], {
    lazyConnect,
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
    retryDelayOnClusterDown: 0, // a Cluster that is down stays so for longer than any request waits
    scaleReads: 'master', // a replica may not have received a revocation yet
    // What the nodes were given, password and TLS among it: ioredis 5 replaces it in `duplicate`.
    redisOptions: { ...handedIn.options?.redisOptions, ...redisOptions, reconnectOnError, ...changes },
  });
};

/** Drops a connection, which is then opened anew. Timers call it, so a client that throws is left as it is. */
export const reconnect = (client: RedisLike): void => {
  try {
    client.disconnect(true);
  } catch {
    // The next deadline tries again.
  }
};
