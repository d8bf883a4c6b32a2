import type { Backend, BackendSettings } from './backend';
import { openMemoryBackend } from './memory/backend';
import { openRedisBackend } from './redis/backend';
import type { RedisLike } from './redis/redis-like';

export interface BackendChoice extends BackendSettings {
  readonly redis: RedisLike | undefined;
}

/** Opens the backend that the options select. Nothing else depends on which one it is. */
export const openBackend = ({ redis, ...settings }: BackendChoice): Backend =>
  redis === undefined ? openMemoryBackend(settings) : openRedisBackend(redis, settings);
