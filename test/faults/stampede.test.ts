import type { Redis } from 'ioredis';
import { aCachedGate, tokenStatus, warm, type CachedGate, type CacheOutcomes } from '../support/gate/cached-gate';
import { aFaultProxy } from '../support/redis/fault-proxy';
import { expectRecovery } from '../support/redis/redis-outage';
import { exchangeRaw, rawRequest, serve } from '../support/http/raw-http';
import { ownRedis, randomPrefix, type OwnRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { commandsDuring, keysReadDuring } from '../support/redis/commands';
import { until } from '../support/time/waiting';
import { grantIdOf } from '../support/tokens/tokens';

let own: OwnRedis;
let redis: Redis;
beforeAll(async () => {
  own = await ownRedis({ over: 'port' });
  redis = aRedis({}, own.url);
});

/** Allows for delayed beats on a busy machine, after which the cache rightly reads again. Neither occurs when idle. */
const distrust = async ({ counts }: CachedGate, before: CacheOutcomes) => {
  const { flush, bypass } = await counts();
  return { flushes: flush - before.flush, bypasses: bypass - before.bypass };
};

/** No entry expires while a test runs, however busy the machine is. */
const aHarness = async (options: Parameters<typeof aCachedGate>[1] = {}) => {
  const proxy = await aFaultProxy(own.url);
  const gate = aCachedGate(proxy.url, { prefix: randomPrefix(), cache: { maxAge: 60 }, ...options });
  const { port } = await serve(gate.app);
  await gate.gate.ready();

  const manyTokens = (count: number): Promise<readonly string[]> =>
    Promise.all(
      Array.from({ length: count }, async () => (await gate.gate.tokens.issue({ clientId: 'key' })).accessToken),
    );

  /** Requests each token this many times, over this many concurrent connections. @returns the count of each status */
  const ask = async (
    tokens: readonly string[],
    times: number,
    connections = 20,
  ): Promise<ReadonlyMap<number, number>> => {
    const requests = Array.from({ length: times }, () => tokens)
      .flat()
      .map((token) => rawRequest(['GET /me HTTP/1.1', 'Host: x', `Authorization: Bearer ${token}`]));
    const statuses = new Map<number, number>();
    const send = async (mine: readonly Buffer[]): Promise<void> => {
      const { responses } = await exchangeRaw(port, Buffer.concat(mine), {
        responses: mine.length,
        deadlineMs: 25_000,
      });
      for (const { status } of responses) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    };
    await Promise.all(
      Array.from({ length: connections }, (_, mine) => send(requests.filter((_r, at) => at % connections === mine))),
    );
    return statuses;
  };

  /** Cuts off its listener, so that it flushes its cache and reconnects. */
  const flushed = async (witness: string): Promise<void> => {
    proxy.cut('listeners');
    await warm(gate, witness);
  };
  return { proxy, gate, manyTokens, ask, flushed };
};

it('S-336 1,000 concurrent requests with one token send Redis one command after a flush', async () => {
  const { proxy, gate, manyTokens, ask, flushed } = await aHarness();
  const [witness = '', hot = ''] = await manyTokens(2);
  await Promise.all([warm(gate, witness), warm(gate, hot)]);
  await flushed(witness);
  proxy.slow({ of: 'others', delayMs: 100 });
  const before = await gate.counts();
  const run = await commandsDuring(redis, async () => {
    expect(await ask([hot], 1_000, 50)).toEqual(new Map([[200, 1_000]]));
  });
  const { flushes, bypasses } = await distrust(gate, before);
  expect(run['evalsha']).toBeLessThanOrEqual(1 + flushes + bypasses);
});

it('S-336 a failure is shared by all waiting requests, is not cached, and ends with its cause', async () => {
  const { proxy, gate, manyTokens, ask } = await aHarness({ deadline: 200 });
  const [witness = '', hot = ''] = await manyTokens(2);
  await warm(gate, witness);
  const held = proxy.hold('answer', `{${grantIdOf(hot)}}:a`);
  expect(await ask([hot], 100)).toEqual(new Map([[503, 100]]));
  held.letGo();
  await expectRecovery(() => gate.get('/me', hot));
});

it('S-337 a flush of 2,000 cached tokens costs one command for each, and every response is right', async () => {
  const { gate, manyTokens, ask, flushed } = await aHarness();
  const [witness = '', ...hot] = await manyTokens(2_001);
  const ended = hot.filter((_token, index) => index % 100 === 0);
  await warm(gate, witness);
  expect(await ask(hot, 1)).toEqual(new Map([[200, 2_000]]));
  await flushed(witness);
  for (const token of ended) await gate.postTo('/revoke', { token }).expect(200);
  const before = await gate.counts();
  let keys = 0;
  const { evalsha = 0 } = await commandsDuring(redis, async () => {
    keys = await keysReadDuring(redis, async () => {
      expect(await ask(hot, 4)).toEqual(
        new Map([
          [401, 80],
          [200, 7_920],
        ]),
      );
    });
  });
  const { flushes, bypasses } = await distrust(gate, before);
  // A missing token is looked up each time.
  const tokens = 1_980 * (1 + flushes) + 80 + bypasses;
  expect(keys - tokens).toBeLessThanOrEqual(3 * evalsha); // the epochs of client, user and organization
  expect(await ask([witness], 100)).toEqual(new Map([[200, 100]]));
}, 60_000);

it('S-337 while nothing can be cached, every response is right, and each request sends one command', async () => {
  const { proxy, gate, manyTokens, ask } = await aHarness();
  const hot = await manyTokens(100);
  await warm(gate, hot[0] ?? '');
  proxy.refuse();
  proxy.cut('listeners');
  await until(async () => (await gate.counts()).flush > 0);
  let keys = 0;
  const { evalsha = 0 } = await commandsDuring(redis, async () => {
    keys = await keysReadDuring(redis, async () => {
      expect(await ask(hot, 5)).toEqual(new Map([[200, 500]]));
    });
  });
  // Each token is read once for each request, and each command also reads the epochs of client, user and organization.
  expect(keys).toBeGreaterThanOrEqual(500);
  expect(keys).toBeLessThanOrEqual(500 + 3 * evalsha);
  proxy.accept();
  await warm(gate, hot[0] ?? '');
});

it('S-338 a cache of 50 entries among 500 tokens is right about all, regardless of evictions', async () => {
  const { proxy, gate, manyTokens, ask } = await aHarness({ cache: { maxEntries: 50, maxAge: 60 } });
  const tokens = await manyTokens(500);
  await warm(gate, tokens[0] ?? '');
  const ended = new Set(tokens.filter((_token, index) => index % 7 === 0));
  expect(await ask(tokens, 2)).toEqual(new Map([[200, 1_000]]));
  for (const token of ended) await gate.postTo('/revoke', { token }).expect(200);
  proxy.slow({ of: 'others', jitterMs: 20 });
  const statuses = await ask(tokens, 3);
  expect(statuses.get(401)).toBe(3 * ended.size);
  expect(statuses.get(200)).toBe(3 * (500 - ended.size));
  for (const token of [...ended].slice(0, 10)) expect(await tokenStatus(gate, token)).toBe(401);
});
