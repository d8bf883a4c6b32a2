import type { Redis } from 'ioredis';
import { systemClock } from '../../../src/protocol/time';
import { createKeys, type Keys } from '../../../src/stores/redis/keys';
import { RedisTokenStore } from '../../../src/stores/redis/tokens';
import { aGate, APPLICATION, JOHN, type TestGate } from '../../support/gate/gate';
import { commandsDuring } from '../../support/redis/commands';
import { keysUnder } from '../../support/redis/contents';
import { ownRedis, randomPrefix } from '../../support/redis/redis';
import { aRedis } from '../../support/redis/clients';
import { openRedis } from '../../support/redis/connection';
import { aGrant } from '../../support/tokens/records';
import { refresh } from '../../support/tokens/refreshing';

const server = ownRedis();

interface OwnGate extends TestGate {
  readonly redis: Redis;
  readonly prefix: string;
  readonly keys: Keys;
}

const open = async (options: Parameters<typeof aGate>[0] = {}): Promise<OwnGate> => {
  const redis = aRedis({}, (await server).url);
  const prefix = randomPrefix();
  const gate = aGate({ redis, prefix, cache: false, ...options });
  return { ...gate, redis, prefix, keys: createKeys(prefix) };
};

const epochsOf = async ({ redis, prefix }: OwnGate): Promise<readonly string[]> =>
  (await keysUnder(redis, prefix)).filter((key) => key.endsWith(':e'));

describe('the epoch of a principal', () => {
  it('is created with the first token of its client, its user and their organization, and has no name in it', async () => {
    const gate = await open();
    await gate.signIn();
    await gate.signIn();
    const { keys } = gate;
    expect(await epochsOf(gate)).toEqual(
      [keys.epoch('c', 'key'), keys.epoch('o', 'johnsorg'), keys.epoch('u', JOHN[0])].sort(),
    );
    for (const key of await epochsOf(gate)) expect(key).toMatch(/\{[cuo]\.[0-9a-f]{24}\}:e$/);
  });

  it.each(['c', 'u', 'o'] as const)(
    'refuses all tokens under it if Redis has lost it, and new ones are served: %s',
    async (kind) => {
      const gate = await open();
      const tokens = await gate.signIn();
      await gate.get('/me', tokens.access_token).expect(200);
      await gate.redis.del(gate.keys.epoch(kind, { c: APPLICATION[0], u: JOHN[0], o: 'johnsorg' }[kind]));
      await gate.get('/me', tokens.access_token).expect(401);
      await refresh(gate, tokens.refresh_token).expect(400);
      const later = await gate.signIn();
      await gate.get('/me', later.access_token).expect(200);
      await gate.get('/me', tokens.access_token).expect(401);
      await refresh(gate, tokens.refresh_token).expect(400);
      await refresh(gate, later.refresh_token).expect(200);
    },
  );

  it('refuses all tokens under it if its value is not an epoch, and is replaced by the next sign-in', async () => {
    const gate = await open();
    const tokens = await gate.signIn();
    const key = gate.keys.epoch('c', APPLICATION[0]);
    for (const value of ['', 'x', '0'.repeat(18), '0'.repeat(19)]) {
      await gate.redis.set(key, value, 'PX', 100_000);
      await gate.get('/me', tokens.access_token).expect(401);
      await refresh(gate, tokens.refresh_token).expect(400);
    }
    const later = await gate.signIn();
    await gate.get('/me', later.access_token).expect(200);
  });

  it('lives at least as long as every token under it', async () => {
    const gate = await open({
      tokens: { accessTokenLifetime: 60, maxAccessTokenLifetime: 86_400, refreshTokenLifetime: 3_600 },
    });
    const form = { grant_type: 'client_credentials' };
    for (const validity of ['1', '86400', '60']) {
      await gate.token({ ...form, validity_period: validity }, APPLICATION).expect(200);
    }
    const tokens = await gate.signIn();
    await gate.redis.pexpire(gate.keys.epoch('u', JOHN[0]), 1_000);
    await refresh(gate, tokens.refresh_token).expect(200);
    for (const [kind, name, least] of [
      ['c', APPLICATION[0], 86_400_000],
      ['o', 'johnsorg', 86_400_000],
      ['u', JOHN[0], 3_600_000],
    ] as const) {
      expect(await gate.redis.pttl(gate.keys.epoch(kind, name))).toBeGreaterThanOrEqual(least - 5_000);
    }
  });
});

describe('a revocation by user or client', () => {
  it('ends grants that no index lists: one that Redis evicted, or that a gate with a wrong clock trimmed', async () => {
    const gate = await open();
    const wrong = aGate({
      redis: gate.redis,
      prefix: gate.prefix,
      cache: false,
      clock: () => systemClock() + 25 * 3_600,
    });
    const [first, second] = [await gate.signIn(), await gate.signIn()];
    await wrong.signIn(); // trims what has expired by its clock
    expect(await gate.redis.zcard(gate.keys.grantsOf({ subject: JOHN[0] }))).toBe(1);
    await gate.gate.tokens.revoke({ user: JOHN[0] });
    await gate.get('/me', first.access_token).expect(401);
    const third = await gate.signIn();
    await gate.redis.del(gate.keys.grantsOf({ clientId: APPLICATION[0] }), gate.keys.grantsOf({ subject: JOHN[0] }));
    await wrong.gate.tokens.revoke({ clientId: APPLICATION[0] });
    for (const tokens of [first, second, third]) {
      await gate.get('/me', tokens.access_token).expect(401);
      await refresh(gate, tokens.refresh_token).expect(400);
    }
  });

  it('works while Redis is full, and lasts when there is room again', async () => {
    const gate = await open();
    const tokens = await gate.signIn();
    await gate.redis.config('SET', 'maxmemory', '1');
    try {
      await gate.gate.tokens.revoke({ user: JOHN[0] });
      await gate.get('/me', tokens.access_token).expect(401);
    } finally {
      await gate.redis.config('SET', 'maxmemory', '0');
    }
    const later = await gate.signIn();
    await gate.get('/me', tokens.access_token).expect(401);
    await refresh(gate, tokens.refresh_token).expect(400);
    await gate.get('/me', later.access_token).expect(200);
  });

  it.each([{ clientId: 'client' }, { subject: 'john@gmail.com@johnsorg' }, { organization: 'johnsorg' }])(
    'costs as many commands for 3,000 grants as for one: %j',
    async (principal) => {
      const redis = aRedis({}, (await server).url);
      const { connection, keys } = openRedis(redis);
      const store = new RedisTokenStore(connection, keys, systemClock);
      const revoke = () => commandsDuring(redis, () => store.replaceEpoch(principal, 'grants'));
      const saveOne = async (): Promise<void> => {
        const { access, refresh: state } = aGrant(systemClock());
        await store.save(access, state);
      };
      await saveOne();
      await revoke(); // loads the script
      await saveOne();
      const ofOne = await revoke();
      for (let saved = 0; saved < 3_000; saved += 100) await Promise.all(Array.from({ length: 100 }, saveOne));
      expect(await revoke()).toEqual(ofOne);
    },
  );
});
