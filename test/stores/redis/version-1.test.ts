import type { Redis } from 'ioredis';
import { aClock } from '../../support/time/clock';
import { aGate, APPLICATION, JOHN, type TestGate } from '../../support/gate/gate';
import { collect } from '../../support/stores/collect';
import { ownRedis, randomPrefix } from '../../support/redis/redis';
import { aRedis } from '../../support/redis/clients';
import { introspect } from '../../support/tokens/grant-endpoints';
import { refresh, refreshed } from '../../support/tokens/refreshing';
import { dump } from './records-of-version-1';

const { john, jane, replaced, client } = dump.tokens;
const LIFETIME_MS = 86_400_000;

const server = ownRedis();

const restore = async (redis: Redis, prefix: string): Promise<void> => {
  for (const [name, value] of Object.entries(dump.values)) {
    const key = prefix + name;
    if (typeof value === 'string') await redis.set(key, value, 'PX', LIFETIME_MS);
    else {
      for (let at = 0; at < value.length; at += 2) await redis.zadd(key, value[at + 1] ?? '', value[at] ?? '');
      await redis.pexpire(key, LIFETIME_MS);
    }
  }
};

interface Upgraded extends TestGate {
  readonly redis: Redis;
  readonly prefix: string;
  readonly clock: ReturnType<typeof aClock>;
}

/** A gate of this version on the keys of the first one, five seconds after its last refresh. */
const anUpgradedGate = async (): Promise<Upgraded> => {
  const redis = aRedis({}, (await server).url);
  const prefix = randomPrefix();
  await restore(redis, prefix);
  const clock = aClock();
  clock.set(dump.issuedAt + 5);
  return { ...aGate({ redis, prefix, clock: clock.now }), redis, prefix, clock };
};

const statusesOf = async ({ get }: TestGate): Promise<readonly number[]> => {
  const texts = [john.access, replaced.access, jane.access, client.access];
  return Promise.all(texts.map(async (text) => (await get('/me', text)).status));
};

it('a gate accepts, introspects and lists the tokens of the first version', async () => {
  const upgraded = await anUpgradedGate();
  expect(await statusesOf(upgraded)).toEqual([200, 200, 200, 200]);
  const { body } = await introspect(upgraded, john.access);
  expect(body).toMatchObject({ active: true, scope: 'read update', sub: JOHN[0], organization: 'johnsorg' });
  expect((await introspect(upgraded, jane.refresh)).body).toMatchObject({ active: true, scope: 'read' });
  expect(await collect(upgraded.gate.tokens.find({ clientId: APPLICATION[0] }))).toHaveLength(3);
  upgraded.clock.advance(6); // the grace window of the replaced token has ended
  expect(await statusesOf(upgraded)).toEqual([200, 401, 200, 200]);
});

it('a refresh of the first version gets tokens of this one, which the old record cannot undo', async () => {
  const upgraded = await anUpgradedGate();
  expect((await refreshed(upgraded, { refresh_token: replaced.refresh })).access_token).toBe(john.access); // a repeat
  const next = await refreshed(upgraded, { refresh_token: john.refresh });
  await upgraded.get('/me', next.access_token).expect(200);
  expect((await upgraded.get('/me', john.access)).status).toBe(200); // inside the grace window
  upgraded.clock.advance(11);
  await refresh(upgraded, john.refresh).expect(400); // a reuse
  await upgraded.get('/me', next.access_token).expect(401);
});

it.each([
  ['user', { user: JOHN[0] }, [401, 401, 200, 200]],
  ['client', { clientId: APPLICATION[0] }, [401, 401, 401, 401]],
  ['token', { token: jane.access }, [200, 200, 401, 200]],
] as const)('a revocation by %s ends tokens of the first version', async (what, owner, statuses) => {
  const upgraded = await anUpgradedGate();
  expect(await statusesOf(upgraded)).toEqual([200, 200, 200, 200]);
  await upgraded.gate.tokens.revoke(owner);
  expect(await statusesOf(upgraded)).toEqual(statuses);
  await refresh(upgraded, john.refresh).expect(what === 'token' ? 200 : 400);
});

it('a revocation ends tokens of the first version that no index lists, and lasts when users sign in again', async () => {
  const upgraded = await anUpgradedGate();
  for (const name of Object.keys(dump.values))
    if (name.endsWith(':g')) await upgraded.redis.del(upgraded.prefix + name);
  await upgraded.gate.tokens.revoke({ user: JOHN[0] });
  const { access_token: token } = await upgraded.signIn();
  await upgraded.get('/me', token).expect(200);
  expect(await statusesOf(upgraded)).toEqual([401, 401, 200, 200]);
});

it('a first sign-in under this version ends no token of the first one', async () => {
  const upgraded = await anUpgradedGate();
  await upgraded.signIn();
  expect(await statusesOf(upgraded)).toEqual([200, 200, 200, 200]);
});
