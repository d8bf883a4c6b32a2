import type { RedisLike } from './redis-like';
import type { Milliseconds } from '../../protocol/time';

// The gate uses a connection of its own, because the options of the client that was passed in suit the host: with the
// defaults of ioredis, a request waits for minutes if Redis is away, and forever if it hangs.
const ownOptions = {
  lazyConnect: false,
  enableAutoPipelining: false, // `TickWrites` gathers the writes of a tick at less cost
  enableOfflineQueue: false,
  stringNumbers: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 2_000,
  disconnectTimeout: 100,
  retryStrategy: (attempt: number): Milliseconds => Math.min(attempt * 50, 1_000),
};

/**
 * Options of a connection that Sentinel locates. Each Sentinel is asked in turn, and one that hangs would be waited for
 * without limit, at the start and after each failover.
 */
const sentinelOptions = {
  sentinelCommandTimeout: 500,
  // Set in case the host gives up, because a connection that has ended is not opened again.
  sentinelRetryStrategy: ownOptions.retryStrategy,
  // It disconnects a client that is asking a Sentinel, which ends the connection for good: docs/decisions.md, 6.16.
  failoverDetector: false,
};

/**
 * Minimum time between reconnections. A server that stays a replica refuses every write, and while a new connection is
 * opened, no command gets a reply.
 */
const MIN_RECONNECT_INTERVAL_MS = 1_000;

/**
 * Creates the option `reconnectOnError`. It reconnects after READONLY: a primary that was demoted keeps its connections
 * and fails every write, while a new connection reaches the new primary.
 */
const reconnectWhenDemoted = (): ((error: Error) => boolean) => {
  let nextAt: Milliseconds = 0;
  return (error) => {
    const now = performance.now();
    if (now < nextAt || !/\bREADONLY\b/.test(error.message)) return false;
    nextAt = now + MIN_RECONNECT_INTERVAL_MS;
    return true;
  };
};

interface ClusterLike extends RedisLike {
  readonly isCluster: true;
  readonly options?: { readonly redisOptions?: object };
  nodes?(role: 'master'): readonly RedisLike[];
}

export const isCluster = (client: RedisLike): client is ClusterLike =>
  'isCluster' in client && client.isCluster === true;

/** Opens a connection of the gate's own to the Redis of the client that was passed in. */
export const ownConnection = (hostClient: RedisLike, changes: object = {}): RedisLike => {
  const reconnectOnError = reconnectWhenDemoted();
  if (!isCluster(hostClient)) {
    return hostClient.duplicate({ ...ownOptions, ...sentinelOptions, reconnectOnError, ...changes });
  }
  const { lazyConnect, enableOfflineQueue, retryStrategy, ...redisOptions } = ownOptions;
  return hostClient.duplicate([], {
    lazyConnect,
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
    retryDelayOnClusterDown: 0, // a Cluster that is down stays down for longer than any request waits
    scaleReads: 'master', // a replica may not have received a revocation yet
    // Includes the nodes' own options, such as password and TLS: `duplicate` of ioredis 5 replaces them.
    redisOptions: { ...hostClient.options?.redisOptions, ...redisOptions, reconnectOnError, ...changes },
  });
};

/** Returns a connection to each server that stores keys: the client itself or, in a Cluster, one for each primary. */
export const primariesOf = (client: RedisLike): readonly RedisLike[] =>
  (isCluster(client) ? client.nodes?.('master') : undefined) ?? [client];

/**
 * Drops a connection, so that the client opens a new one. A client that is not connected already tries to; while it asks
 * a Sentinel for the address, ioredis would not try again. Called by timers, so an exception is ignored.
 */
export const reconnect = (client: RedisLike): void => {
  if (client.status !== 'connect' && client.status !== 'ready') return;
  try {
    client.disconnect(true);
  } catch {
    // Attempted again at the next deadline.
  }
};
