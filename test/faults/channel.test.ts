import type { Redis } from 'ioredis';
import { mintGrantId } from '../../src/protocol/secrets';
import { aCachedGate, acceptedFor, PROMISED_MS, tokenStatus, warm } from '../support/gate/cached-gate';
import { aFaultProxy } from '../support/redis/fault-proxy';
import { ownRedis, randomPrefix, type OwnRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { measureStalls } from '../support/time/stalls';
import { computedMs } from '../support/time/timing';
import { until, after } from '../support/time/waiting';
import { grantIdOf } from '../support/tokens/tokens';

let own: OwnRedis;
let redis: Redis;
beforeAll(async () => {
  own = await ownRedis({ over: 'port' });
  redis = aRedis({}, own.url);
});

const aHarness = async () => {
  const prefix = randomPrefix();
  const proxy = await aFaultProxy(own.url);
  return {
    prefix,
    proxy,
    channel: `${prefix}changes`,
    here: aCachedGate(own.url, { prefix }),
    there: aCachedGate(proxy.url, { prefix }),
  };
};

type Harness = Awaited<ReturnType<typeof aHarness>>;

/** A caching gate receives a revocation, and keeps caching. */
const expectToHear = async ({ here, there }: Harness): Promise<void> => {
  const [ended, kept] = [await here.signIn(), await here.signIn()];
  await warm(there, kept.access_token);
  await warm(there, ended.access_token);
  await here.postTo('/revoke', { token: ended.access_token }).expect(200);
  expect(await acceptedFor(there, ended.access_token)).toBeLessThan(PROMISED_MS);
  expect(await tokenStatus(there, ended.access_token)).toBe(401);
  await warm(there, kept.access_token);
};

/** All messages on a channel, from any publisher. */
const overhear = async (channel: string): Promise<{ readonly messages: string[]; readonly listener: Redis }> => {
  const messages: string[] = [];
  const listener = aRedis({}, own.url);
  listener.on('message', (_channel, message) => messages.push(message));
  await listener.subscribe(channel);
  return { messages, listener };
};

describe('S-326 an announcement', () => {
  it.each([
    ['all in one packet', {}],
    ['in pieces, each message cut in two', { of: 'listeners', direction: 'down', bytesPerSecond: 1_200 }],
  ] as const)('is received %s', async (_how, slowness) => {
    const { proxy, here, there } = await aHarness();
    const tokens = await Promise.all(Array.from({ length: 12 }, async () => (await here.signIn()).access_token));
    for (const token of tokens) await warm(there, token);
    proxy.slow(slowness);
    await here.gate.tokens.revoke({ clientId: 'key' });
    const ended = performance.now();
    const lags = await Promise.all(tokens.map((token) => acceptedFor(there, token, ended)));
    expect(Math.max(...lags)).toBeLessThan(PROMISED_MS);
    for (const token of tokens) expect(await tokenStatus(there, token)).toBe(401);
  });
});

describe('S-327 the channel', () => {
  const id = mintGrantId();
  const garbage: readonly (readonly [string, readonly (string | Buffer)[]])[] = [
    ['empty messages', ['', '', '']],
    ['lines, commas and ids in them', [`${id}\n`, `${id},${id}`, ` ${id}`, `${id}\0`, `${id}\r\n*1\r\n$4\r\nPING\r\n`]],
    ['names of the prototype', ['__proto__', 'constructor', 'hasOwnProperty_', 'toLocaleString__', '__proto____proto']],
    ['bytes', [Buffer.from([0, 255, 254, 128, 10, 13]), Buffer.alloc(16, 255)]],
    ['beats of unknown publishers', ['beat', 'beat ', 'beat x 1', 'beat  NaN', `beat ${'0'.repeat(36)} 1`]],
    ['something very long', ['x'.repeat(4_000_000), id.repeat(125_000)]],
    ['very many ids of unknown grants', Array.from({ length: 2_000 }, () => mintGrantId())],
  ];

  it.each(garbage)('ignores %s from another publisher', async (_what, messages) => {
    const harness = await aHarness();
    const { access_token: token } = await harness.here.signIn();
    await warm(harness.there, token);
    const { flush } = await harness.there.counts();
    const accepted = harness.proxy.accepted();
    const { stalledMs } = await measureStalls(async () => {
      for (const message of messages) await redis.publish(harness.channel, message);
      await after(50);
      expect(await tokenStatus(harness.there, token)).toBe(200);
      await expectToHear(harness);
    });
    expect(harness.proxy.accepted()).toBe(accepted);
    // A process that could not run for long has missed a beat, and is right to trust nothing.
    const hasFlushed = (await harness.there.counts()).flush > flush;
    expect(hasFlushed && stalledMs < PROMISED_MS / 4).toBe(false);
    expect(harness.there.lines).toEqual([]);
  });

  it('re-reads a live grant once when another publisher announces its id', async () => {
    const harness = await aHarness();
    const { access_token: token } = await harness.here.signIn();
    await warm(harness.there, token);
    const { miss } = await harness.there.counts();
    await redis.publish(harness.channel, grantIdOf(token));
    await until(async () => {
      expect(await tokenStatus(harness.there, token)).toBe(200);
      return (await harness.there.counts()).miss > miss;
    });
    for (let times = 0; times < 5; times += 1) expect(await tokenStatus(harness.there, token)).toBe(200);
    expect((await harness.there.counts()).miss).toBe(miss + 1);
  });

  it('does not accept repeated old beats from another publisher as proof of freshness', async () => {
    const { proxy, channel, here, there } = await aHarness();
    const { messages } = await overhear(channel);
    const { access_token: token } = await here.signIn();
    await warm(there, token);
    await until(() => messages.length >= 4);
    proxy.slow({ of: 'listeners', direction: 'down', delayMs: 3_000 });
    const again = setInterval(() => messages.splice(0).forEach((text) => void redis.publish(channel, text)), 50);
    await here.postTo('/revoke', { token }).expect(200);
    expect(await acceptedFor(there, token).finally(() => clearInterval(again))).toBeLessThan(PROMISED_MS);
  });

  it('does not accept future beats that another publisher guesses, even if the listener is far behind', async () => {
    const { prefix, proxy, channel, here } = await aHarness();
    const { messages } = await overhear(channel);
    proxy.slow({ of: 'listeners', direction: 'down', delayMs: 2_100 }); // so that no beat of its own can prove anything
    const behind = aCachedGate(proxy.url, { prefix });
    const beats = new Map<string, { readonly count: number; readonly at: number }>();
    const guess = setInterval(() => {
      for (const text of messages.splice(0)) {
        const [, name = '', count = ''] = /^(beat \S+ )(\d+)$/.exec(text) ?? [];
        if (name !== '' && !beats.has(name)) beats.set(name, { count: Number(count), at: performance.now() });
      }
      for (const [name, { count, at }] of beats) {
        const last = count + Math.floor((performance.now() - at) / 500);
        for (let ahead = 1; ahead < 10; ahead += 1) void redis.publish(channel, name + String(last + ahead));
      }
    }, 100);
    const { access_token: token } = await here.signIn();
    const began = performance.now();
    while (performance.now() - began < 5_000) {
      expect(await tokenStatus(behind, token)).toBe(200);
      await after(50);
    }
    clearInterval(guess);
    expect((await behind.counts()).hit).toBe(0);
  });
});

/** Publishes many ids of unknown grants, some at a time. */
const flood = async (channel: string, messages: number, { atATime = 5_000, text = '' } = {}): Promise<void> => {
  const script = `for i = 1, ARGV[2] do redis.call('PUBLISH', KEYS[1], string.format('%016d', i) .. ARGV[1]) end`;
  for (let sent = 0; sent < messages; sent += atATime) await redis.eval(script, 1, channel, text, atATime);
};

describe('S-333 S-334 a flood of announcements', () => {
  it('of 100,000 delays no request, and the relevant ones are received', async () => {
    const harness = await aHarness();
    const { here, there, channel } = harness;
    const [ended, kept] = [await here.signIn(), await here.signIn()];
    await Promise.all([warm(there, ended.access_token), warm(there, kept.access_token)]);
    const flooded = flood(channel, 100_000);
    const waits: number[] = [];
    await here.postTo('/revoke', { token: ended.access_token }).expect(200);
    const revoked = performance.now();
    const lag = acceptedFor(there, ended.access_token, revoked);
    let goesOn = true;
    const asking = (async () => {
      while (goesOn) {
        const asked = computedMs();
        expect(await tokenStatus(there, kept.access_token)).toBe(200);
        waits.push(computedMs() - asked); // while this process, which is gate and client, did other things
      }
    })();
    await flooded;
    await after(200);
    goesOn = false;
    await asking;
    expect(await lag).toBeLessThan(PROMISED_MS);
    expect(waits).not.toEqual([]);
    expect(Math.max(...waits)).toBeLessThan(1_000);
    await expectToHear(harness);
  });

  it('ends the connection of a slow listener, and nothing is trusted until it reconnects', async () => {
    const { proxy, here, there, channel } = await aHarness();
    const [ended, kept] = [await here.signIn(), await here.signIn()];
    await Promise.all([warm(there, ended.access_token), warm(there, kept.access_token)]);
    await redis.config('SET', 'client-output-buffer-limit', 'pubsub 1mb 0 0');
    const { flush } = await there.counts();
    const accepted = proxy.accepted();
    const hasReconnected = (): boolean => proxy.accepted() > accepted; // Redis has ended the connection of the listener
    proxy.slow({ of: 'listeners', direction: 'down', bytesPerSecond: 100_000 });
    for (let round = 0; round < 60 && !hasReconnected(); round += 1) {
      await flood(channel, 2_000, { atATime: 500, text: 'x'.repeat(400) }); // too slowly for the other gate to be dropped
    }
    await until(hasReconnected);
    await here.postTo('/revoke', { token: ended.access_token }).expect(200);
    expect(await acceptedFor(there, ended.access_token)).toBeLessThan(PROMISED_MS);
    proxy.heal();
    await redis.config('SET', 'client-output-buffer-limit', 'pubsub 32mb 8mb 60');
    await warm(there, kept.access_token);
    expect((await there.counts()).flush).toBeGreaterThan(flush);
    expect(await tokenStatus(there, ended.access_token)).toBe(401);
  }, 30_000);
});
