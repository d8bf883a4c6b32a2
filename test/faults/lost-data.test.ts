import type { Redis } from 'ioredis';
import { aCachedGate, acceptedFor, PROMISED_MS, tokenStatus, warm } from '../support/gate/cached-gate';
import { aClock } from '../support/time/clock';
import { aFaultProxy } from '../support/redis/fault-proxy';
import { expectRecovery } from '../support/redis/redis-outage';
import { ownRedis, randomPrefix, type OwnRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { refresh, refreshed } from '../support/tokens/refreshing';
import { until, after } from '../support/time/waiting';
import { grantIdOf } from '../support/tokens/tokens';

const MAX_AGE = 1;
/** The bound after an external deletion, plus time for a machine that is busy with other tests. */
const AT_MOST_MS = MAX_AGE * 1_000 + 200;

let own: OwnRedis;
let redis: Redis;
beforeEach(async () => {
  own ??= await ownRedis({ over: 'port' });
  redis ??= aRedis({}, own.url);
});

const aHarness = async (options: Parameters<typeof aCachedGate>[1] = {}) => {
  const prefix = randomPrefix();
  const proxy = await aFaultProxy(own.url);
  const gate = aCachedGate(proxy.url, { prefix, cache: { maxAge: MAX_AGE }, ...options });
  const tokens = await gate.signIn();
  await warm(gate, tokens.access_token);
  return { prefix, proxy, gate, tokens, key: `${prefix}{${grantIdOf(tokens.access_token)}}:a` };
};

describe('a cached token that Redis has lost', () => {
  const losses: readonly (readonly [string, (key: string) => Promise<unknown>])[] = [
    ['S-312 by FLUSHALL', () => redis.flushall()],
    ['S-312 by FLUSHDB', () => redis.flushdb()],
    [
      'S-311 by eviction',
      async (key) => {
        await redis.config('SET', 'maxmemory-policy', 'allkeys-random');
        await redis.config('SET', 'maxmemory', '1');
        await redis.set('x', 'y').catch(() => undefined);
        expect(await redis.exists(key)).toBe(0);
        await redis.config('SET', 'maxmemory', '0');
        await redis.config('SET', 'maxmemory-policy', 'noeviction');
      },
    ],
    ['S-313 and replaced by garbage', (key) => redis.set(key, '["garbage')],
    ['S-313 and replaced by a list', (key) => redis.multi().del(key).rpush(key, 'x').exec()],
    [
      'S-313 and replaced by the token of another grant',
      async (key) => redis.set(key, (await redis.get(key))?.replace(/\t[\w-]{22}\t/, `\t${'x'.repeat(22)}\t`) ?? ''),
    ],
  ];

  it.each(losses)('%s, is trusted for maxAge at the most, however often it is checked', async (_how, lose) => {
    const { gate, tokens, key } = await aHarness();
    const before = performance.now();
    await lose(key);
    expect(await acceptedFor(gate, tokens.access_token, before)).toBeLessThan(AT_MOST_MS);
    expect([401, 503]).toContain(await tokenStatus(gate, tokens.access_token));
    await gate.get('/me', (await gate.signIn()).access_token).expect(200);
  });

  it('S-312 because it restarted empty is refused as soon as Redis answers', async () => {
    const server = await ownRedis({ over: 'port' });
    const proxy = await aFaultProxy(server.url);
    const gate = aCachedGate(proxy.url, { prefix: randomPrefix(), cache: { maxAge: 60 }, deadline: 250 });
    const tokens = await gate.signIn();
    await warm(gate, tokens.access_token);
    await server.stop();
    await until(async () => (await tokenStatus(gate, tokens.access_token)) === 503);
    await server.start();
    await expectRecovery(() => gate.get('/health/ready'));
    expect(await tokenStatus(gate, tokens.access_token)).toBe(401);
    await refresh(gate, tokens.refresh_token).expect(400);
    await warm(gate, (await gate.signIn()).access_token);
  });

  it('S-325 because it expired there is refused even if the clock of the gate is stopped', async () => {
    const { gate, tokens } = await aHarness({ clock: aClock().now, tokens: { accessTokenLifetime: 1 } });
    const issued = performance.now();
    expect(await acceptedFor(gate, tokens.access_token, issued)).toBeLessThan(1_000 + AT_MOST_MS);
  });
});

describe('S-340 a clock that is moved', () => {
  const HOUR = 3_600;

  it('an hour ahead and back refuses what expires in between, and nothing permanently', async () => {
    const clock = aClock();
    const { gate, tokens } = await aHarness({ clock: clock.now, cache: { maxAge: 60 } });
    clock.advance(HOUR + 1);
    expect(await tokenStatus(gate, tokens.access_token)).toBe(401);
    clock.advance(-HOUR - 1);
    expect(await tokenStatus(gate, tokens.access_token)).toBe(200);
  });

  it('an hour back revives no ended token, and trusts no entry older than maxAge', async () => {
    const clock = aClock();
    const { prefix, gate, tokens, key } = await aHarness({ clock: clock.now });
    const other = await gate.signIn();
    await warm(gate, other.access_token);
    clock.advance(-HOUR);
    await aCachedGate(own.url, { prefix, clock: clock.now })
      .postTo('/revoke', { token: other.access_token })
      .expect(200);
    expect(await acceptedFor(gate, other.access_token)).toBeLessThan(PROMISED_MS);
    const deleted = performance.now();
    await redis.del(key);
    expect(await acceptedFor(gate, tokens.access_token, deleted)).toBeLessThan(AT_MOST_MS);
  });

  it('in either direction does not change the grace window of a replaced token', async () => {
    const clock = aClock();
    const { gate, tokens } = await aHarness({ clock: clock.now, cache: { maxAge: 60 } });
    await refreshed(gate, tokens);
    await warm(gate, tokens.access_token); // for ten seconds
    clock.advance(9.999);
    expect(await tokenStatus(gate, tokens.access_token)).toBe(200);
    clock.advance(0.001);
    expect(await tokenStatus(gate, tokens.access_token)).toBe(401);
  });
});

it('S-309 S-308 cached tokens are trusted during a Redis failure only as long as beats prove them fresh', async () => {
  const { gate, tokens } = await aHarness({ deadline: 250, cache: { maxAge: 60 } });
  await redis.config('SET', 'busy-reply-threshold', '50');
  const busy = aRedis({}, own.url)
    .eval('while true do end', 0)
    .catch(() => undefined);
  const began = performance.now();
  expect(await acceptedFor(gate, tokens.access_token, began)).toBeLessThan(PROMISED_MS);
  expect(await tokenStatus(gate, tokens.access_token)).toBe(503);
  await redis.script('KILL');
  await busy;
  await expectRecovery(() => gate.get('/me', tokens.access_token));
  await redis.config('SET', 'replica-serve-stale-data', 'no');
  await redis.replicaof('127.0.0.1', '1');
  try {
    await after(PROMISED_MS);
    expect([200, 503]).toContain(await tokenStatus(gate, tokens.access_token));
    expect((await gate.postTo('/revoke', { token: tokens.access_token })).status).toBe(503);
  } finally {
    await redis.replicaof('NO', 'ONE');
    await redis.config('SET', 'replica-serve-stale-data', 'yes');
  }
  await expectRecovery(() => gate.postTo('/revoke', { token: tokens.access_token }));
  expect(await tokenStatus(gate, tokens.access_token)).toBe(401);
});
