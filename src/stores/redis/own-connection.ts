import type { RedisLike } from '../../options/redis-like';
import type { Milliseconds } from '../../protocol/time';

// The options of a handed-in client suit its owner: with ioredis's defaults a request waits for minutes when Redis is
// away, and for ever when it hangs. So the gate talks over a connection of its own.
const ownOptions = {
  lazyConnect: false,
  enableAutoPipelining: true,
  enableOfflineQueue: false,
  stringNumbers: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 2_000,
  disconnectTimeout: 100,
  retryStrategy: (attempt: number): Milliseconds => Math.min(attempt * 50, 1_000),
  // A primary that was demoted keeps its connections and fails every write; a new connection finds the new primary.
  reconnectOnError: (error: Error): boolean => error.message.startsWith('READONLY'),
};

/** A connection of the gate's own to where a client that was handed in leads. */
export const ownConnection = (handedIn: RedisLike, changes: object = {}): RedisLike => {
  if (!('isCluster' in handedIn) || handedIn.isCluster !== true) {
    return handedIn.duplicate({ ...ownOptions, ...changes });
  }
  // A Cluster pipelines by the slot of a command's first argument, which of a script is not its key.
  const {
    lazyConnect,
    enableOfflineQueue,
    enableAutoPipelining: _pipelining,
    retryStrategy,
    ...redisOptions
  } = ownOptions;
  return handedIn.duplicate([], {
    lazyConnect,
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
    redisOptions: { ...redisOptions, ...changes },
  });
};
