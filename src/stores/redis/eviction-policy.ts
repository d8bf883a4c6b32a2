import type { Logger } from '../../events/logger';
import type { RedisLike } from './redis-like';
import { membersOf } from './replies';

/**
 * Warns if Redis may evict tokens: an evicted token is refused, which is safe, but a surprise to its user. Logs nothing
 * if CONFIG is not permitted.
 */
export const warnOfEviction = async (client: RedisLike, logger: Logger): Promise<void> => {
  const reply = await client.call('config', 'get', 'maxmemory-policy').catch(() => undefined);
  const [, policy] = membersOf(reply);
  if (typeof policy !== 'string' || policy === 'noeviction') return;
  logger.warn({ store: 'redis', policy }, 'Redis may evict live tokens: set maxmemory-policy to noeviction');
};
