import { systemClock } from '../../../src/protocol/time';
import type { GrantId } from '../../../src/protocol/secrets';
import { RedisTokenStore } from '../../../src/stores/redis/tokens';
import { openRedis } from './connection';
import type { RedisLike } from 'scopegate';

/** Reads what Redis holds of grants as a gate does: the keys of a grant that has ended may remain for a while. */
export const storedGrants = (redis: RedisLike, prefix: string) => {
  const { connection, keys } = openRedis(redis, { prefix });
  const store = new RedisTokenStore(connection, keys, systemClock);
  return {
    /** The tokens of a grant that have not ended. */
    liveOf: async (grantId: string): Promise<readonly ('access' | 'refresh')[]> => {
      const [{ access }, refresh] = await Promise.all([
        store.heldAccess(grantId as GrantId),
        store.findRefresh(grantId as GrantId),
      ]);
      return [
        ...(access === undefined ? [] : (['access'] as const)),
        ...(refresh === undefined ? [] : (['refresh'] as const)),
      ];
    },
  };
};
