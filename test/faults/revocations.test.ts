import type { Redis } from 'ioredis';
import { anApplication } from '../support/gate/applications';
import { aCachedGate, acceptedFor, PROMISED_MS, tokenStatus, warm, type CachedGate } from '../support/gate/cached-gate';
import { aFaultProxy, type FaultProxy } from '../support/redis/fault-proxy';
import type { Pair, TokenBody } from '../support/gate/gate';
import { ownRedis, randomPrefix, type OwnRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { refresh, refreshed } from '../support/tokens/refreshing';
import { until, after } from '../support/time/waiting';
import { grantIdOf } from '../support/tokens/tokens';

let own: OwnRedis;
let redis: Redis;
beforeAll(async () => {
  own = await ownRedis({ over: 'port' });
  redis = aRedis({}, own.url);
});

interface Harness {
  readonly prefix: string;
  readonly proxy: FaultProxy;
  /** Nothing ails it. */
  readonly here: CachedGate;
  /** Behind the proxy. */
  readonly there: CachedGate;
}

const aHarness = async (options: Parameters<typeof aCachedGate>[1] = {}): Promise<Harness> => {
  const prefix = randomPrefix();
  const proxy = await aFaultProxy(own.url);
  return {
    prefix,
    proxy,
    here: aCachedGate(own.url, { prefix, ...options }),
    there: aCachedGate(proxy.url, { prefix, ...options }),
  };
};

describe('S-222 S-324 a late answer of Redis', () => {
  /** A look-up whose reply Redis has sent, and that has not arrived yet. */
  const lookUpLate = async ({ proxy, here, there }: Harness, token: string) => {
    const { access_token: witness } = await there.signIn();
    await warm(there, witness); // it caches
    const held = proxy.hold('answer', `{${grantIdOf(token)}}:a`);
    const asked = tokenStatus(there, token);
    await held.arrived;
    /** Announcements arrive in order: when this one has arrived, all earlier ones have as well. */
    const received = async (): Promise<void> => {
      await here.postTo('/revoke', { token: witness }).expect(200);
      const { miss } = await there.counts();
      await until(async () => {
        tokenStatus(there, witness).catch(() => undefined); // once it is not in memory, its answer waits behind the one that is held
        await after(5);
        return (await there.counts()).miss > miss;
      }, PROMISED_MS);
    };
    return { letGo: held.letGo, asked, received };
  };

  const changes: readonly (readonly [string, (gate: CachedGate, tokens: TokenBody) => Promise<unknown>])[] = [
    ['revoked', (gate, { access_token: token }) => gate.postTo('/revoke', { token }).expect(200)],
    ['replaced, without grace', (gate, tokens) => refreshed(gate, tokens)],
  ];

  it.each(changes)('is not cached, and not used for requests after the token was %s', async (_how, change) => {
    const harness = await aHarness({ tokens: { refreshGrace: 0 } });
    const tokens = await harness.here.signIn();
    const { letGo, asked, received } = await lookUpLate(harness, tokens.access_token);
    await change(harness.here, tokens);
    await received();
    const askedAfter = tokenStatus(harness.there, tokens.access_token);
    await after(20); // it waits as well
    letGo();
    expect(await asked).toBe(200); // it was live when it was requested
    expect(await askedAfter).toBe(401);
    expect(await tokenStatus(harness.there, tokens.access_token)).toBe(401);
  });

  it.each(changes)(
    'is cached for two seconds at the most by a deaf gate after the token was %s',
    async (_how, change) => {
      const harness = await aHarness({ tokens: { refreshGrace: 0 } });
      const tokens = await harness.here.signIn();
      const { letGo, asked } = await lookUpLate(harness, tokens.access_token);
      harness.proxy.swallow('listeners', 'down');
      await change(harness.here, tokens);
      const changed = performance.now();
      letGo();
      expect(await asked).toBe(200);
      expect(await acceptedFor(harness.there, tokens.access_token, changed)).toBeLessThan(PROMISED_MS);
    },
  );

  it('is not cached when the listener was cut off and has reconnected before it arrives', async () => {
    const harness = await aHarness();
    const { access_token: token } = await harness.here.signIn();
    const { letGo, asked } = await lookUpLate(harness, token);
    harness.proxy.cut('listeners');
    await harness.here.postTo('/revoke', { token }).expect(200);
    await after(300); // subscribed again, and proved by a beat of which only the answer is held
    letGo();
    await asked;
    expect(await tokenStatus(harness.there, token)).toBe(401);
  });
});

describe('S-329 a change by the gate itself', () => {
  const alice: Pair = ['alice@johnsorg', 'alice-password'];

  interface Made {
    readonly id: string;
    readonly secretId: string;
    readonly keys: Pair;
    readonly tokens: TokenBody;
  }

  const changes: readonly (readonly [string, (gate: CachedGate, made: Made) => Promise<unknown>])[] = [
    [
      'its access token is revoked',
      ({ postTo }, { tokens, keys }) => postTo('/revoke', { token: tokens.access_token }, keys),
    ],
    [
      'its refresh token is revoked',
      ({ postTo }, { tokens, keys }) => postTo('/revoke', { token: tokens.refresh_token }, keys),
    ],
    ['its grant is ended', ({ gate }, { tokens }) => gate.tokens.revoke({ grantId: grantIdOf(tokens.access_token) })],
    ['its user`s grants are ended', ({ gate }) => gate.tokens.revoke({ user: alice[0] })],
    ['its client`s grants are ended', ({ gate }, { keys }) => gate.tokens.revoke({ clientId: keys[0] })],
    ['its user is disabled', ({ gate }) => gate.directory.users.disable(alice[0])],
    ['its user is removed', ({ gate }) => gate.directory.users.remove(alice[0])],
    ['its user gets another password', ({ gate }) => gate.directory.users.setPassword(alice[0], 'another-password')],
    ['its user loses a role', ({ gate }) => gate.directory.users.setRoles(alice[0], [])],
    ['its application is disabled', ({ gate }, { id }) => gate.directory.applications.disable(id)],
    ['its application is removed', ({ gate }, { id }) => gate.directory.applications.remove(id)],
    [
      'it is refreshed, without grace',
      (gate, { tokens, keys }) => refresh(gate, tokens.refresh_token, undefined, keys),
    ],
    [
      'its refresh token is used a second time',
      async (gate, { tokens, keys }) => {
        const { body } = await refresh(gate, tokens.refresh_token, undefined, keys).expect(200);
        await warm(gate, (body as TokenBody).access_token);
        await refresh(gate, tokens.refresh_token, undefined, keys).expect(400);
        await gate.get('/me', (body as TokenBody).access_token).expect(401);
      },
    ],
  ];

  it.each(changes)('takes effect there immediately, even if its listener is deaf, when %s', async (_how, change) => {
    const { proxy, there } = await aHarness({ tokens: { refreshGrace: 0 } });
    await there.gate.directory.users.create({
      username: 'alice',
      organization: 'johnsorg',
      password: alice[1],
      roles: ['clerk'],
    });
    const made = await anApplication(there);
    const tokens = await there.signIn(alice, 'read update', made.keys);
    await warm(there, tokens.access_token);
    proxy.swallow('listeners', 'down');
    const { hit } = await there.counts();
    await there.get('/me', tokens.access_token).expect(200);
    expect((await there.counts()).hit).toBe(hit + 1); // from memory until now
    await change(there, { ...made, tokens });
    expect(await tokenStatus(there, tokens.access_token)).toBe(401);
  });
});

it('S-324 a token that was replaced twice is refused everywhere, whatever was left of its grace window', async () => {
  const { proxy, here, there } = await aHarness();
  const first = await here.signIn();
  await warm(there, first.access_token);
  const second = await refreshed(here, first);
  await warm(there, first.access_token); // alive for its grace, from memory
  proxy.swallow('listeners', 'down');
  await refreshed(here, second);
  expect(await acceptedFor(there, first.access_token)).toBeLessThan(PROMISED_MS);
  expect(await tokenStatus(there, second.access_token)).toBe(200); // its grace is not over
});

it('S-308 a gate that stays connected to a demoted primary receives what the new primary revokes', async () => {
  const { prefix, here: before, there } = await aHarness({ deadline: 5_000 });
  const successor = await ownRedis({ over: 'port' });
  const next = aRedis({}, successor.url);
  const isCopied = (replica: Redis) => async (): Promise<boolean> =>
    (await replica.info('replication')).includes('master_link_status:up');
  for (const server of [redis, next]) await server.config('SET', 'repl-diskless-sync-delay', '0');
  const { access_token: token } = await before.signIn();
  await next.replicaof('127.0.0.1', new URL(own.url).port);
  await until(isCopied(next));
  await next.call('replicaof', 'no', 'one');
  await redis.replicaof('127.0.0.1', new URL(successor.url).port);
  try {
    await until(isCopied(redis));
    const here = aCachedGate(successor.url, { prefix, deadline: 5_000 });
    await warm(there, token); // reads are answered by the replica
    await here.postTo('/revoke', { token }).expect(200);
    expect(await acceptedFor(there, token)).toBeLessThan(PROMISED_MS);
    expect(await tokenStatus(there, token)).toBe(401);
  } finally {
    await redis.call('replicaof', 'no', 'one');
  }
}, 30_000);

it('S-310 S-314 a revocation in a full Redis without its scripts reaches every gate', async () => {
  const { here, there } = await aHarness();
  const { access_token: token } = await here.signIn();
  await warm(there, token);
  await redis.script('FLUSH');
  await redis.config('SET', 'maxmemory', '1mb');
  try {
    await here.postTo('/revoke', { token }).expect(200);
    expect(await acceptedFor(there, token)).toBeLessThan(PROMISED_MS);
  } finally {
    await redis.config('SET', 'maxmemory', '0');
  }
});
