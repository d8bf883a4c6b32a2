import { aCachedGate, acceptedFor, PROMISED_MS, tokenStatus, warm } from '../support/gate/cached-gate';
import { aFaultProxy, type FaultProxy } from '../support/redis/fault-proxy';
import type { TestGate } from '../support/gate/gate';
import { SEED } from '../support/properties/seed';
import { SeededRandom } from '../support/properties/seeded-random';
import { expectAway, expectRecovery } from '../support/redis/redis-outage';
import { ownRedis, randomPrefix, type OwnRedis } from '../support/redis/redis';
import { until, after } from '../support/time/waiting';

let own: OwnRedis;
beforeAll(async () => {
  own = await ownRedis({ over: 'port' });
});

const DEADLINE_MS = 250;

/** A long lifetime makes an entry that is kept by mistake visible. */
const cache = { maxAge: 60 } as const;

const aHarness = async () => {
  const prefix = randomPrefix();
  const proxy = await aFaultProxy(own.url);
  return {
    proxy,
    here: aCachedGate(own.url, { prefix, cache }),
    there: aCachedGate(proxy.url, { prefix, cache, deadline: 250 }),
  };
};

/** Requests each token continuously, and records when each of them was accepted last. */
const keepAsking = (gate: TestGate, tokens: readonly string[]) => {
  const lastOpened = new Map<string, number>();
  const statuses = new Set<number>();
  let goesOn = true;
  const asking = tokens.map(async (token) => {
    while (goesOn) {
      const asked = performance.now();
      const status = await tokenStatus(gate, token);
      statuses.add(status);
      if (status === 200) lastOpened.set(token, asked);
      await after(20);
    }
  });
  const stop = async (): Promise<void> => {
    goesOn = false;
    await Promise.all(asking);
  };
  return { lastOpened, statuses, stop };
};

describe('S-322 if the connection for commands is cut while the listener is connected,', () => {
  it('requests fail only if they need Redis', async () => {
    const { proxy, here, there } = await aHarness();
    const [ended, kept] = [await here.signIn(), await here.signIn()];
    await Promise.all([warm(there, ended.access_token), warm(there, kept.access_token)]);
    proxy.refuse();
    expect(proxy.cut('others')).toBeGreaterThan(0);
    await here.postTo('/revoke', { token: ended.access_token }).expect(200);
    await until(async () => (await tokenStatus(there, ended.access_token)) === 503); // no longer cached
    expect(await tokenStatus(there, kept.access_token)).toBe(200); // from memory, which a beat that is late would have cleared
    proxy.accept();
    await expectRecovery(() => there.get('/me', kept.access_token));
    await expectRecovery(() => there.get('/me', ended.access_token), 401);
    await warm(there, kept.access_token);
  });

  it('for longer than a beat is valid, cached tokens are no longer trusted', async () => {
    const { proxy, here, there } = await aHarness();
    const { access_token: token } = await here.signIn();
    await warm(there, token);
    proxy.refuse();
    proxy.cut('others');
    expect(await acceptedFor(there, token)).toBeLessThan(PROMISED_MS);
    expect(await tokenStatus(there, token)).toBe(503);
    proxy.accept();
    await expectRecovery(() => there.get('/me', token));
    await warm(there, token);
  });

  it('silently, with commands in flight, cached tokens are trusted for a bounded time', async () => {
    const { proxy, here, there } = await aHarness();
    const { access_token: token } = await here.signIn();
    await warm(there, token);
    proxy.swallow('others');
    await here.postTo('/revoke', { token }).expect(200);
    expect(await acceptedFor(there, token)).toBeLessThan(PROMISED_MS);
    proxy.heal();
    await until(async () => (await tokenStatus(there, token)) === 401);
  }, 30_000);
});

it('S-303 S-304 S-305 refuses uncached tokens in time during any connection fault, and recovers', async () => {
  const proxy = await aFaultProxy(own.url);
  proxy.refuse();
  const tested = aCachedGate(proxy.url, { prefix: randomPrefix(), deadline: DEADLINE_MS });
  const evils: readonly ((way: FaultProxy) => void)[] = [
    (way) => way.refuse(),
    (way) => way.swallow('all', 'up'),
    (way) => way.swallow('all', 'down'),
    (way) => way.slow({ delayMs: 60_000 }),
  ];
  for (const evil of evils) {
    evil(proxy);
    proxy.cut();
    await expectAway(tested, DEADLINE_MS);
    await expectAway(tested, DEADLINE_MS);
    proxy.accept();
    proxy.heal();
    proxy.cut();
    await expectRecovery(() => tested.get('/health/ready'));
    const { access_token: token } = await tested.signIn();
    await tested.get('/me', token).expect(200);
  }
}, 30_000);

it('S-335 trusts no ended token, and does bounded work, while the link is cut ten times per second', async () => {
  const { proxy, here, there } = await aHarness();
  const tokens = await Promise.all(Array.from({ length: 10 }, async () => (await here.signIn()).access_token));
  const survivor = tokens.at(-1) ?? '';
  for (const token of tokens) await warm(there, token);
  const before = { accepted: proxy.accepted(), flush: (await there.counts()).flush };
  const asked = keepAsking(there, tokens);
  await until(() => asked.statuses.has(200));
  const endedAt = new Map<string, number>();
  for (let cuts = 0; cuts < 30; cuts += 1) {
    proxy.cut();
    const token = tokens[cuts / 3];
    if (token !== undefined && token !== survivor) {
      await here.postTo('/revoke', { token }).expect(200);
      endedAt.set(token, performance.now());
    }
    await after(100);
  }
  await until(() => asked.statuses.has(401));
  await asked.stop();
  expect(endedAt.size).toBe(9);
  for (const [token, instant] of endedAt) {
    expect((asked.lastOpened.get(token) ?? 0) - instant).toBeLessThan(PROMISED_MS);
    expect([401, 503]).toContain(await tokenStatus(there, token));
  }
  expect(asked.statuses).toEqual(new Set([200, 401, 503]));
  expect(proxy.accepted() - before.accepted).toBeLessThan(30 * 4); // a new one of each kind for each cut, and some tries
  expect((await there.counts()).flush - before.flush).toBeLessThan(30 * 6);
  await warm(there, survivor);
  for (const token of endedAt.keys()) expect(await tokenStatus(there, token)).toBe(401);
}, 30_000);

it('S-321 S-322 S-323 S-324 trusts no ended token for over two seconds under any fault of its links', async () => {
  const { proxy, here, there } = await aHarness();
  const tokens = await Promise.all(Array.from({ length: 24 }, async () => (await here.signIn()).access_token));
  for (const token of tokens) await there.get('/me', token).expect(200);
  const { pick } = new SeededRandom();
  const evils: readonly (readonly [name: string, act: () => unknown])[] = [
    ['cuts all', () => proxy.cut()],
    ['cuts the listener', () => proxy.cut('listeners')],
    ['cuts the listener', () => proxy.cut('listeners')],
    ['cuts the listener', () => proxy.cut('listeners')],
    ['cuts commands', () => proxy.cut('others')],
    ['deafens the listener', () => proxy.swallow('listeners', 'down')],
    ['swallows commands', () => proxy.swallow('others', 'up')],
    ['swallows answers', () => proxy.swallow('others', 'down')],
    ['delays the listener', () => proxy.slow({ of: 'listeners', delayMs: 700, jitterMs: 700 })],
    ['delays answers', () => proxy.slow({ of: 'others', direction: 'down', delayMs: 50, jitterMs: 150 })],
    ['refuses', () => proxy.refuse()],
  ];
  const story: string[] = [`seed ${SEED}`];
  const endedAt = new Map<string, number>();
  const asked = keepAsking(there, tokens);
  const { hit } = await there.counts();
  for (const token of tokens) {
    if (pick([true, false])) {
      proxy.heal();
      proxy.accept();
    }
    const [name, act] = pick(evils);
    const first = pick(['evil', 'end']);
    story.push(first === 'evil' ? `${name}, ends` : `ends, ${name}`);
    if (first === 'evil') act();
    await here.postTo('/revoke', { token }).expect(200);
    endedAt.set(token, performance.now());
    if (first === 'end') act();
    await after(pick([20, 100, 250]));
  }
  await after(PROMISED_MS); // a token that is trusted for too long shows only now
  await asked.stop();
  const late = tokens.filter((token) => (asked.lastOpened.get(token) ?? 0) - (endedAt.get(token) ?? 0) > PROMISED_MS);
  expect({ late, story: late.length === 0 ? [] : story }).toEqual({ late: [], story: [] });
  expect(asked.statuses).toContain(401);
  expect((await there.counts()).hit - hit).toBeGreaterThan(10); // it did cache, now and then
}, 40_000);
