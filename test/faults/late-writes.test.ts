import type { Redis } from 'ioredis';
import { endGrant, rotateGrant, saveGrant } from '../../src/stores/redis/token-scripts';
import { aCachedGate, tokenStatus, warm } from '../support/gate/cached-gate';
import { aFaultProxy, type FaultProxy } from '../support/redis/fault-proxy';
import { JOHN, type TestGate } from '../support/gate/gate';
import { collect } from '../support/stores/collect';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { expectRecovery } from '../support/redis/redis-outage';
import { ownRedis, randomPrefix, type OwnRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { refresh, refreshed } from '../support/tokens/refreshing';
import { until, after } from '../support/time/waiting';

const DEADLINE_MS = 300;

let own: OwnRedis;
let redis: Redis;
beforeAll(async () => {
  own = await ownRedis({ over: 'port' });
  redis = aRedis({}, own.url);
});

/** `there` is behind a proxy and waits for no answer for long. */
const aHarness = async (options: Parameters<typeof aCachedGate>[1] = {}) => {
  const prefix = randomPrefix();
  const proxy = await aFaultProxy(own.url);
  const here = aCachedGate(own.url, { prefix, ...options });
  const there = aCachedGate(proxy.url, { prefix, deadline: DEADLINE_MS, ...options });
  await there.gate.ready();
  return { prefix, proxy, here, there };
};

const signInWith = ({ token }: TestGate, password: string) =>
  token({ grant_type: 'password', username: JOHN[0], password });

/** Else a script is sent by its digest in vain, then as a text. */
const known = async (...scripts: readonly { readonly lua: string }[]): Promise<void> => {
  for (const { lua } of scripts) await redis.script('LOAD', lua);
};

const EARLY_OR_LATE: readonly (readonly [string, 'answer' | 'command'])[] = [
  ['done immediately and answered late', 'answer'],
  ['done later', 'command'],
];

describe.each(EARLY_OR_LATE)('S-307 a write that times out and is %s,', (_when, what) => {
  beforeAll(() => known(endGrant, rotateGrant, saveGrant));

  it('if it is a revocation, is not acknowledged, ends the grant, and reaches every gate then', async () => {
    const { proxy, here, there } = await aHarness();
    const { access_token: token } = await here.signIn();
    await Promise.all([warm(here, token), warm(there, token)]);
    const held = proxy.hold(what, endGrant.sha);
    expectCleanAnswer(await there.postTo('/revoke', { token }), { status: 503, error: 'temporarily_unavailable' });
    held.letGo();
    await until(async () => (await tokenStatus(here, token)) === 401);
    await expectRecovery(() => there.get('/me', token), 401);
    await there.postTo('/revoke', { token }).expect(200);
  });

  it('if it is a rotation, makes every gate answer a repeat with the same, only pair', async () => {
    for (const asked of ['here', 'there'] as const) {
      const { proxy, ...gates } = await aHarness();
      const first = await gates.here.signIn();
      const held = proxy.hold(what, rotateGrant.sha);
      expectCleanAnswer(await refresh(gates.there, first.refresh_token), { status: 503 });
      if (asked === 'here') {
        const second = await refreshed(gates.here, first);
        held.letGo();
        await after(50); // what is done later is done now
        expect(await refreshed(gates.here, first)).toEqual(second);
        await gates.here.get('/me', second.access_token).expect(200);
        await refreshed(gates.here, second);
        continue;
      }
      held.letGo();
      await expectRecovery(() => gates.there.get('/health/ready'));
      const second = await refreshed(gates.there, first);
      expect(await refreshed(gates.here, first)).toEqual(second);
      await gates.there.get('/me', second.access_token).expect(200);
      await refreshed(gates.there, second);
    }
  });

  it('if it is a sign-in, issues no token, and leaves no grant that could not be ended', async () => {
    const { proxy, here, there } = await aHarness();
    const held = proxy.hold(what, saveGrant.sha);
    expectCleanAnswer(await signInWith(there, JOHN[1]), { status: 503 });
    held.letGo();
    await until(async () => (await collect(here.gate.tokens.find({ user: JOHN[0] }))).length === 1); // never returned
    await here.gate.tokens.revoke({ user: JOHN[0] });
    expect(await collect(here.gate.tokens.find({ user: JOHN[0] }))).toEqual([]);
  });

  it('if it is the first of two rotations, does not undo the second', async () => {
    const { proxy, here, there } = await aHarness({ tokens: { refreshGrace: 0 } });
    const first = await here.signIn();
    const held = proxy.hold(what, rotateGrant.sha);
    expectCleanAnswer(await refresh(there, first.refresh_token), { status: 503 });
    if (what === 'answer') {
      await refresh(here, first.refresh_token).expect(400); // spent by a refresh whose response was lost: a reuse
      held.letGo();
      return;
    }
    const second = await refreshed(here, first);
    await warm(here, second.access_token);
    held.letGo();
    await after(50);
    await here.get('/me', second.access_token).expect(200);
    await refreshed(here, second);
  });

  it('if it is a repeated revocation, leaves the ended grant ended', async () => {
    const { proxy, here, there } = await aHarness();
    const tokens = await here.signIn();
    const held = proxy.hold(what, rotateGrant.sha);
    const refreshing = refresh(there, tokens.refresh_token);
    const [answer] = await Promise.all([refreshing, held.arrived]);
    expectCleanAnswer(answer, { status: 503 });
    await here.postTo('/revoke', { token: tokens.refresh_token }).expect(200);
    held.letGo();
    await after(50);
    await refresh(here, tokens.refresh_token).expect(400);
    expect(await collect(here.gate.tokens.find({ user: JOHN[0] }))).toEqual([]);
    expect(await tokenStatus(here, tokens.access_token)).toBe(401);
  });
});

describe('S-307 a failure that was counted without a reply', () => {
  const signInSlowly = async (proxy: FaultProxy, there: TestGate, attempts: number): Promise<void> => {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      await expectRecovery(() => there.get('/health/ready'));
      proxy.slow({ direction: 'down', delayMs: 2 * DEADLINE_MS });
      expectCleanAnswer(await signInWith(there, JOHN[1]), { status: 503 });
      proxy.heal();
    }
  };

  it('never locks out a user who sends the right password, however often Redis is slow', async () => {
    const { proxy, here, there } = await aHarness();
    await signInSlowly(proxy, there, 12);
    await signInWith(here, JOHN[1]).expect(200);
  });

  it('does not allow more guesses', async () => {
    const { proxy, here, there } = await aHarness();
    for (let guess = 0; guess < 10; guess += 1) await signInWith(here, 'wrong').expect(400);
    proxy.slow({ direction: 'down', delayMs: 2 * DEADLINE_MS });
    expectCleanAnswer(await signInWith(there, 'wrong'), { status: 503 });
    proxy.heal();
    await expectRecovery(() => there.get('/health/ready'));
    await signInWith(there, JOHN[1]).expect(400); // blocked, as it was before
  });
});
