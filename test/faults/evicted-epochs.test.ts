import type { Redis } from 'ioredis';
import { systemClock } from '../../src/protocol/time';
import { RedisTokenStore } from '../../src/stores/redis/tokens';
import type { Principal } from '../../src/tokens/principal';
import { SeededRandom } from '../support/properties/seeded-random';
import { openRedis } from '../support/redis/connection';
import { ownRedis, randomPrefix } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { aGrant, type TestGrant } from '../support/tokens/records';

const CHECKS = 10_000;
const DAY = 86_400;
const ROUNDS = 250;
const GRANTS_PER_ROUND = 20;

const { pick } = new SeededRandom();

const clients = ['a', 'b', 'c', 'd'];
const users = Array.from({ length: 20 }, (_, index) => `user${index}`);
const organizations = ['x', 'y'];

const aNewGrant = (): TestGrant => {
  const now = systemClock();
  const { access, refresh } = aGrant(now, {
    clientId: pick(clients),
    subject: pick(users),
    accessExpiresAt: now + 10 * DAY,
    refreshExpiresAt: now + 20 * DAY,
  });
  const organization = pick(organizations);
  return { access: { ...access, organization }, refresh: { ...refresh, organization } };
};

const aPrincipal = (): Principal =>
  pick<Principal>([{ clientId: pick(clients) }, { subject: pick(users) }, { organization: pick(organizations) }]);

const isOf = (principal: Principal, { access }: TestGrant): boolean => {
  if ('clientId' in principal) return access.clientId === principal.clientId;
  if ('subject' in principal) return access.subject === principal.subject;
  return 'organization' in principal ? access.organization === principal.organization : false;
};

const evictedBy = async (redis: Redis): Promise<number> =>
  Number(/^evicted_keys:(\d+)/m.exec(await redis.info('stats'))?.[1]);

/** The stores of two gates, one with a clock that is 25 hours fast, on a Redis that is almost full and evicts any key. */
const aFullRedis = async () => {
  const own = await ownRedis();
  const redis = aRedis({}, own.url);
  const prefix = randomPrefix();
  const stores = [systemClock, () => systemClock() + 25 * 3_600].map((clock) => {
    const { connection, keys } = openRedis(aRedis({}, own.url), { prefix });
    return new RedisTokenStore(connection, keys, clock);
  });
  const used = Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  await redis.config('SET', 'maxmemory', String(used + 1_000_000));
  return { redis, stores };
};

test(`no token that was revoked is accepted in ${CHECKS} checks, while Redis evicts keys and a clock is wrong`, async () => {
  const { redis, stores } = await aFullRedis();
  let live: readonly TestGrant[] = [];
  const revoked: TestGrant[] = [];
  let checks = 0;
  let accepted = 0;
  const faults: string[] = [];

  const check = async (grant: TestGrant, shouldBe: 'live' | 'revoked'): Promise<void> => {
    const { grantId, digest } = grant.access;
    const store = pick(stores);
    const found = await Promise.all([store.find(grantId, digest), store.findRefresh(grantId)]);
    const isFound = found.some((record) => record !== undefined);
    if (isFound && shouldBe === 'revoked') faults.push(grantId);
    if (isFound) accepted += 1;
    checks += 1;
  };

  for (let round = 0; round < ROUNDS; round += 1) {
    const issued = Array.from({ length: GRANTS_PER_ROUND }, aNewGrant);
    await Promise.all(issued.map(({ access, refresh }) => pick(stores).save(access, refresh)));
    live = [...live, ...issued].slice(-500);
    if (round % 3 === 0) {
      const principal = aPrincipal();
      await pick(stores).replaceEpoch(principal, 'grants');
      revoked.push(...live.filter((grant) => isOf(principal, grant)));
      live = live.filter((grant) => !isOf(principal, grant));
    }
    await Promise.all(Array.from({ length: 30 }, () => check(pick(live), 'live')));
    if (revoked.length > 0) await Promise.all(Array.from({ length: 50 }, () => check(pick(revoked), 'revoked')));
  }
  expect(faults).toEqual([]);
  expect(checks).toBeGreaterThanOrEqual(CHECKS);
  expect(accepted).toBeGreaterThan(CHECKS / 10); // others were accepted, or this has shown nothing
  expect(await evictedBy(redis)).toBeGreaterThan(1_000);
}, 120_000);
