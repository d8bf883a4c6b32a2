import type { Backend, BackendSettings } from './backend';
import { openMemoryBackend } from './memory/backend';
import type { SharedMemory } from './memory/shared-memory';
import { openRedisBackend } from './redis/backend';
import type { RedisLike } from './redis/redis-like';

export interface BackendChoice extends BackendSettings {
  readonly redis: RedisLike | undefined;
  /** The memory that other gates use as well; only without `redis`. */
  readonly memory: SharedMemory | undefined;
}

/** Opens the backend that the options select. Nothing else depends on which one it is. */
export const openBackend = ({ redis, memory, ...settings }: BackendChoice): Backend =>
  redis === undefined ? openMemoryBackend({ ...settings, memory }) : openRedisBackend(redis, settings);
