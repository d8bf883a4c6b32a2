import type { RedisLike } from 'scopegate';
import { evictionIn, readEviction, worstOf, type Eviction } from '../../../src/stores/redis/eviction-policy';
import { rejectionOf } from '../../support/expect/thrown';
import { aRedis } from '../../support/redis/clients';
import { ownRedis, testRedis } from '../../support/redis/redis';
import { until } from '../../support/time/waiting';

const info = (...lines: readonly string[]): string => ['# Memory', ...lines, 'mem_clients:1'].join('\r\n');

describe('a reply to INFO memory', () => {
  it.each<[string, unknown, Eviction]>([
    ['noeviction', info('maxmemory:100', 'maxmemory_policy:noeviction'), { state: 'never' }],
    [
      'an evicting policy and a limit',
      info('maxmemory:100', 'maxmemory_policy:volatile-lru'),
      { state: 'evicting', policy: 'volatile-lru' },
    ],
    [
      'an evicting policy without a limit',
      info('maxmemory:0', 'maxmemory_policy:allkeys-lfu'),
      { state: 'unlimited', policy: 'allkeys-lfu' },
    ],
    ['a policy, and does not show a limit', info('maxmemory_policy:x-y'), { state: 'evicting', policy: 'x-y' }],
    ['no policy', info('used_memory:100'), { state: 'hidden', reason: 'not in INFO' }],
    ['nothing', '', { state: 'hidden', reason: 'not in INFO' }],
    ['another type', ['maxmemory_policy:noeviction'], { state: 'hidden', reason: 'not in INFO' }],
  ])('with %s is read', (_what, reply, expected) => {
    expect(evictionIn(reply)).toEqual(expected);
  });

  it('of a real Redis is read', async () => {
    const own = await ownRedis();
    const redis = await own.client();
    expect(await readEviction(redis)).toEqual({ state: 'never' });
    await redis.config('SET', 'maxmemory', '100mb');
    await redis.config('SET', 'maxmemory-policy', 'volatile-lfu');
    expect(await readEviction(redis)).toEqual({ state: 'evicting', policy: 'volatile-lfu' });
  });
});

describe('a server that refuses INFO', () => {
  /** The client, as if its server had renamed INFO. */
  const renamed = (redis: RedisLike): RedisLike => ({
    status: redis.status,
    duplicate: (override) => redis.duplicate(override),
    call: (command, ...args) => redis.call(`renamed-${command}`, ...args),
    disconnect: () => redis.disconnect(),
    on: (event, listener) => redis.on(event, listener),
    off: (event, listener) => redis.off(event, listener),
  });

  it('because it was renamed does not show its policy', async () => {
    expect(await readEviction(renamed(await testRedis()))).toEqual({ state: 'hidden', reason: 'ERR' });
  });

  it('because it runs a script shows it later', async () => {
    const own = await ownRedis();
    const redis = await own.client();
    await redis.config('SET', 'busy-reply-threshold', '50');
    const busy = aRedis({}, own.url)
      .eval('while true do end', 0)
      .catch(() => undefined);
    await until(async () => /BUSY/.test(String(await rejectionOf(redis.ping()))));
    expect(await readEviction(redis)).toBeUndefined();
    await redis.script('KILL');
    await busy;
  });

  it('because it has gone is an error, and not a policy that is not shown', async () => {
    const own = await ownRedis();
    const redis = aRedis({ maxRetriesPerRequest: 0 }, own.url);
    await redis.ping();
    await own.stop();
    expect(await rejectionOf(readEviction(redis))).toBeInstanceOf(Error);
  });
});

describe('the readings of several servers', () => {
  const never: Eviction = { state: 'never' };
  const unlimited: Eviction = { state: 'unlimited', policy: 'allkeys-lru' };
  const hidden: Eviction = { state: 'hidden', reason: 'NOPERM' };
  const evicting: Eviction = { state: 'evicting', policy: 'allkeys-lru' };

  it.each<[string, readonly (Eviction | undefined)[], Eviction | undefined]>([
    ['one that evicts', [never, evicting, hidden], evicting],
    ['one that evicts and one that could not be read', [undefined, evicting], evicting],
    ['one that could not be read', [never, undefined], undefined],
    ['one that does not show its policy', [unlimited, hidden, never], hidden],
    ['one without a limit', [never, unlimited], unlimited],
    ['none that evicts', [never, never], never],
    ['none at all', [], undefined],
  ])('count as the worst with %s', (_what, readings, expected) => {
    expect(worstOf(readings)).toEqual(expected);
  });
});
