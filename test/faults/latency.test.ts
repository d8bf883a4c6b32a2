import type { Redis } from 'ioredis';
import { aCachedGate, acceptedFor, PROMISED_MS, tokenStatus, warm } from '../support/gate/cached-gate';
import { aFaultProxy } from '../support/redis/fault-proxy';
import { expectAway, expectRecovery } from '../support/redis/redis-outage';
import { exchangeRaw, rawRequest, serve } from '../support/http/raw-http';
import { ownRedis, randomPrefix, type OwnRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { commandsDuring } from '../support/redis/commands';
import { measureStalls } from '../support/time/stalls';
import { rejectionOf } from '../support/expect/thrown';
import { after } from '../support/time/waiting';
import { aForgery } from '../support/tokens/tokens';

/** Delay that a flood may add to the deadline of a request. */
const SLACK_MS = 1_000;

let own: OwnRedis;
let redis: Redis;
beforeAll(async () => {
  own = await ownRedis({ over: 'port' });
  redis = aRedis({}, own.url);
});

const aHarness = async (deadline: number) => {
  const prefix = randomPrefix();
  const proxy = await aFaultProxy(own.url);
  const here = aCachedGate(own.url, { prefix });
  const there = aCachedGate(proxy.url, { prefix, deadline });
  await there.gate.ready();
  return { proxy, here, there };
};

/** Milliseconds that something takes, without those for which the machine kept it from running. */
const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  const { stalledMs } = await measureStalls(act);
  return performance.now() - began - stalledMs;
};

/** Requests with tokens that were never issued, over this many concurrent connections. */
const flood = async (port: number, requests: number, connections: number) => {
  const statuses = new Map<number, number>();
  let slowestMs = 0;
  const send = async (): Promise<void> => {
    for (let sent = 0; sent < requests / connections; sent += 1) {
      const forged = aForgery();
      const request = rawRequest([
        'GET /me HTTP/1.1',
        'Host: x',
        'Connection: close',
        `Authorization: Bearer ${forged}`,
      ]);
      const { responses, elapsedMs } = await exchangeRaw(port, request);
      slowestMs = Math.max(slowestMs, elapsedMs);
      const status = responses[0]?.status ?? 0;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: connections }, send));
  return { statuses, slowestMs };
};

describe('S-306 a connection to Redis with a latency of 200 ms and random jitter', () => {
  it('delays each request by its own time only, however many are concurrent', async () => {
    const { proxy, here, there } = await aHarness(5_000);
    const issued = await Promise.all(Array.from({ length: 100 }, () => here.gate.tokens.issue({ clientId: 'key' })));
    proxy.slow({ delayMs: 100, jitterMs: 25 });
    const elapsedMs = await timed(() =>
      Promise.all(issued.map(({ accessToken }) => there.get('/me', accessToken).expect(200))),
    );
    expect(elapsedMs).toBeLessThan(5_000); // one after the other it would be twenty seconds
    const { access_token: token } = await there.signIn();
    await there.postTo('/revoke', { token }).expect(200);
    expect(await tokenStatus(there, token)).toBe(401);
    expect(await tokenStatus(here, token)).toBe(401);
  });

  it('does not delay cached tokens, and delays no revocation beyond the promised bound', async () => {
    const { proxy, here, there } = await aHarness(5_000);
    const { access_token: token } = await here.signIn();
    proxy.slow({ delayMs: 100, jitterMs: 25 });
    await warm(there, token);
    const elapsedMs = await timed(async () => {
      for (let times = 0; times < 5; times += 1) await there.get('/me', token).expect(200);
    });
    expect(elapsedMs).toBeLessThan(1_000); // five questions to Redis, one after the other
    await here.postTo('/revoke', { token }).expect(200);
    expect(await acceptedFor(there, token)).toBeLessThan(PROMISED_MS);
  });
});

describe('S-306 a connection to Redis that is slower than the deadline,', () => {
  const DEADLINE_MS = 250;

  it.each([
    ['two seconds per round trip', { delayMs: 1_000 }],
    ['up to a second of random jitter', { delayMs: 1_000, jitterMs: 1_000 }],
    ['1 KB each second', { bytesPerSecond: 1_024 }],
  ])(
    'with %s, makes requests fail with 503 in time, and leaves no backlog when it recovers',
    async (_how, slowness) => {
      const { proxy, here, there } = await aHarness(DEADLINE_MS);
      const { port } = await serve(there.app);
      const { access_token: token } = await here.signIn();
      proxy.slow(slowness);
      const accepted = proxy.accepted();
      const { value, stalledMs } = await measureStalls(() => flood(port, 600, 60));
      const { statuses, slowestMs } = value;
      expect([...statuses.keys()].filter((status) => ![401, 503].includes(status))).toEqual([]);
      expect(statuses.get(503)).toBeGreaterThan(450);
      expect(slowestMs - stalledMs).toBeLessThan(DEADLINE_MS + SLACK_MS);
      if ('delayMs' in slowness) await expectAway(there, DEADLINE_MS);
      expect(proxy.accepted() - accepted).toBeLessThan(20); // no storm of connections either

      proxy.heal();
      await expectRecovery(() => there.get('/me', token));
      const late = await commandsDuring(redis, () => after(200));
      expect(late['evalsha'] ?? 0).toBeLessThan(50); // no request waits for these any more, so none are sent
      const afterwards = await measureStalls(() => flood(port, 50, 5));
      expect(afterwards.value.statuses).toEqual(new Map([[401, 50]]));
      expect(afterwards.value.slowestMs - afterwards.stalledMs).toBeLessThan(SLACK_MS);
    },
  );
});

it('S-306 S-341 immediately refuses the command that would exceed the limit for a slow Redis', async () => {
  const { proxy, here, there } = await aHarness(60_000); // a busy machine takes seconds for twelve thousand questions
  const { accessToken } = await here.gate.tokens.issue({ clientId: 'key' });
  proxy.slow({ of: 'others', direction: 'down', delayMs: 500 });
  let [refused, refusedLate, answered] = [0, 0, 0];
  await Promise.all(
    Array.from({ length: 12_000 }, async () => {
      if ((await rejectionOf(there.gate.explain(accessToken, 'read'))) === undefined) answered += 1;
      else if (answered === 0) refused += 1;
      else refusedLate += 1;
    }),
  );
  expect(answered).toBeGreaterThan(9_900); // as many as are accepted concurrently
  expect(refused).toBeGreaterThanOrEqual(2_000);
  expect(refusedLate).toBe(0);
  proxy.heal();
  expect(await tokenStatus(there, accessToken)).toBe(200);
}, 90_000);
