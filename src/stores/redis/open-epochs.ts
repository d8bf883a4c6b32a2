import type { Milliseconds } from '../../protocol/time';
import type { RedisConnection } from './connection';
import { newEpoch } from './epochs';
import { openOneEpoch } from './token-scripts';

/**
 * Returns the epochs under these keys, in a Cluster, where they are on several servers. Creates those that are absent.
 * @param lifetime that each must live at least
 */
export const openEpochs = async (
  redis: RedisConnection,
  keys: readonly string[],
  lifetime: Milliseconds,
): Promise<readonly string[]> => {
  const replies = keys.map((key) => redis.run(openOneEpoch, [key], [newEpoch(), lifetime]));
  return (await Promise.all(replies)).map(String);
};
