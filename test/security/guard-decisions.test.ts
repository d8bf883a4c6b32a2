import request from 'supertest';
import { MemoryTokenStore } from '../../src/stores/memory/tokens';
import { createTokenService } from '../../src/tokens/token-service';
import { ignoreEvents } from '../support/gate/ignored-events';
import { aClock } from '../support/time/clock';
import { expectEndedWithinBound } from '../support/gate/cached-gate';
import { everyStore, onRedis } from '../support/stores/every-store';
import { aGate, JOHN, type TestGate } from '../support/gate/gate';
import { aGuard, aLiveToken } from '../support/gate/guard-harness';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { ownRedis } from '../support/redis/redis';
import { refreshed } from '../support/tokens/refreshing';
import { grantIdOf } from '../support/tokens/tokens';
import { after } from '../support/time/waiting';

const clock = aClock();
const start = clock.now();
beforeEach(() => clock.set(start));

describe.each(everyStore)('a guard on %s', (_name, freshStore) => {
  const open = async (overrides: Parameters<typeof aGate>[0] = {}): Promise<TestGate> =>
    aGate({ ...(await freshStore()), clock: clock.now, ...overrides });

  it('S-179 refuses a token without the scope, names every scope of the rule, and does not run the handler', async () => {
    const gate = await open();
    const { access_token: token } = await gate.signIn(JOHN, '');
    for (const [path, scope] of [
      ['/orders', 'read'],
      ['/both', 'read update'],
      ['/either', 'read update'],
      ['/admin', 'admin'],
    ] as const) {
      const answer = await gate.get(path, token);
      const json = expectCleanAnswer(answer, { status: 403, from: 'guard', error: 'insufficient_scope' });
      expect(json).toMatchObject({ scope });
      const { 'www-authenticate': challenge } = answer.headers as Record<string, string>;
      expect(challenge).toContain('error="insufficient_scope"');
      expect(challenge).toContain(`scope="${scope}"`);
    }
    expect(gate.served()).toBe(0);
  });

  it('S-179 refuses read if update is needed, and accepts read update', async () => {
    const gate = await open();
    const reader = await gate.signIn(JOHN, 'read');
    await gate.put('/orders/1', reader.access_token).expect(403, /update/);
    expect(gate.served()).toBe(0);
    const writer = await gate.signIn(JOHN, 'read update');
    await gate.put('/orders/1', writer.access_token).expect(200);
  });

  it('S-178 S-194 accepts a token until its last millisecond, and then answers invalid_token', async () => {
    for (const fraction of [0, 0.001, 0.999]) {
      clock.set(start + fraction);
      const gate = await open({ tokens: { accessTokenLifetime: 100 } });
      const { access_token: token } = await gate.signIn(JOHN, 'read');
      clock.set(start + fraction + 99.999);
      await gate.get('/orders', token).expect(200);
      await gate.get('/admin', token).expect(403);
      for (const at of [100, 100.001, 3_700]) {
        clock.set(start + fraction + at);
        await gate.get('/orders', token).expect(401);
        await gate.get('/admin', token).expect(401, /invalid_token/);
      }
    }
  });

  it('S-196 checks the scope at every request, however often the token was used', async () => {
    const gate = await open();
    const { access_token: token } = await gate.signIn(JOHN, 'read');
    for (let times = 0; times < 5; times += 1) {
      await gate.get('/orders', token).expect(200);
      await gate.get('/admin', token).expect(403);
      await gate.put('/orders/1', token).expect(403);
    }
    const together = await Promise.all(
      Array.from({ length: 20 }, (_nothing, index) => gate.get(index % 2 === 0 ? '/orders' : '/admin', token)),
    );
    expect(together.map(({ status }) => status)).toEqual(
      together.map((_answer, index) => (index % 2 === 0 ? 200 : 403)),
    );
  });

  it('S-197 S-198 accepts no token of another gate, and its own even after another gate refused it', async () => {
    const gate = await open();
    const other = await open();
    const { access_token: token } = await gate.signIn();
    await other.get('/me', token).expect(401);
    await gate.get('/me', token).expect(200);
    const both = await Promise.all([gate, other, gate, other].map((one) => one.get('/me', token)));
    expect(both.map(({ status }) => status)).toEqual([200, 401, 200, 401]);
  });

  it('S-199 accepts a live token, however many unknown ones are sent', async () => {
    const gate = await open();
    const { access_token: token } = await gate.signIn();
    const unknown = Array.from({ length: 200 }, () => aLiveToken(start).text);
    for (let index = 0; index < unknown.length; index += 50) {
      const answers = await Promise.all(unknown.slice(index, index + 50).map((text) => gate.get('/me', text)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    }
    await gate.get('/me', token).expect(200);
  });
});

describe('token expiry at a guard', () => {
  it('S-194 follows Redis if the clock of the gate is slow, and the gate if its clock is fast', async () => {
    const options = await onRedis();
    const slow = aGate({ ...options, cache: false, clock: clock.now, tokens: { accessTokenLifetime: 100 } });
    const fast = aGate({ ...options, clock: () => clock.now() + 100 });
    const { access_token: token } = await slow.signIn();
    await slow.get('/me', token).expect(200);
    await fast.get('/me', token).expect(401);

    const key = `${options.prefix}{${grantIdOf(token)}}:a`;
    const left = Number(await options.redis.call('pttl', key));
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(100_000);
    await options.redis.call('pexpire', key, 1); // as though that time had passed for Redis alone
    await after(10);
    await slow.get('/me', token).expect(401);
    clock.advance(-3_600);
    await slow.get('/me', token).expect(401);
  });

  it.each([
    ['with', ['password', 'refresh_token']],
    ['without', ['password']],
  ] as const)('S-194 is not reversed when the clock is set back, %s a refresh token', async (_how, grantTypes) => {
    const gate = aGate({
      clock: clock.now,
      applications: [
        {
          name: 'Orders app',
          owner: JOHN[0],
          consumerKey: 'key',
          consumerSecret: 'secret',
          grantTypes: [...grantTypes],
        },
      ],
    });
    const { access_token: token } = await gate.signIn();
    clock.advance(3_600);
    await gate.get('/me', token).expect(401);
    clock.advance(-3_600);
    await gate.get('/me', token).expect(401);
  });

  it('S-198 does not prevent acceptance of a token that was refused before it was issued', async () => {
    const store = new MemoryTokenStore({ clock: clock.now, maxGrants: 10 });
    const lifetimes = { accessTokenLifetime: 1, refreshTokenLifetime: 1, grantLifetime: 1, refreshGrace: 0 };
    const { app } = aGuard(createTokenService(store, { lifetimes, clock: clock.now, emit: ignoreEvents }).find);
    const { text, record } = aLiveToken(start);
    const get = () => request(app).get('/guarded').auth(text, { type: 'bearer' });
    await get().expect(401);
    await store.save(record);
    await get().expect(200);
    await store.close();
  });
});

describe('several gates on one Redis', () => {
  it('S-195 refuse a revoked token immediately where it was revoked, and elsewhere upon notification', async () => {
    const options = await onRedis();
    const gates = [aGate(options), aGate(options), aGate(options)] as const;
    const { users } = gates[0].gate.directory;
    await users.create({ username: 'kim', organization: 'johnsorg', password: 'kim-password' });
    for (let times = 0; times < 5; times += 1) {
      const issued = await gates[1].signIn(['kim@johnsorg', 'kim-password']);
      const { access_token: token } = await refreshed(gates[2], issued);
      await Promise.all(gates.map((gate) => gate.get('/me', token).expect(200)));
      await users.disable('kim@johnsorg');
      await gates[0].get('/me', token).expect(401);
      await expectEndedWithinBound(token, ...gates);
      await users.enable('kim@johnsorg');
      await Promise.all(gates.map((gate) => gate.get('/me', token).expect(401)));
    }
  });

  it('S-199 store nothing about an unknown token', async () => {
    const options = await onRedis();
    const gate = aGate(options);
    await gate.signIn();
    const keys = async () => (await options.redis.call('keys', `${options.prefix}*`)) as readonly string[];
    const before = await keys();
    for (let times = 0; times < 20; times += 1) await gate.get('/me', aLiveToken(start).text).expect(401);
    expect([...(await keys())].sort()).toEqual([...before].sort());
  });

  it('S-200 answer 503 with Retry-After while Redis is away or hangs, and still serve public routes', async () => {
    const server = await ownRedis();
    const redis = await server.client();
    const gate = aGate({ redis, deadline: 500 });
    const { access_token: token } = await gate.signIn();
    const expectUnavailable = async (): Promise<void> => {
      const answer = await gate.get('/me', token);
      expectCleanAnswer(answer, { status: 503, from: 'guard', error: 'temporarily_unavailable' });
      expect(answer.headers).not.toHaveProperty('www-authenticate');
      await gate.get('/open').expect(200);
      await gate.get('/me').expect(401); // needs no store
      await gate.get('/me', 'wrong').expect(401);
    };
    server.pause();
    const startedAt = performance.now();
    await expectUnavailable();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    server.resume();
    await gate.get('/me', token).expect(200);

    redis.disconnect();
    await server.stop();
    await expectUnavailable();
    await server.start();
    await gate.gate.ready();
    await gate.get('/me', token).expect(401); // the server came back empty: absence is refusal
    await gate.signIn();
    await gate.close();
    expect(gate.served()).toBe(1);
  });
});
