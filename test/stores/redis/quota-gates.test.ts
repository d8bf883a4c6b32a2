import type { Allowance } from '../../../src/quotas/allowance';
import { LeasedQuotas } from '../../../src/quotas/leased-quotas';
import type { Counted } from '../../../src/quotas/quotas';
import { RedisQuotaStore } from '../../../src/stores/redis/quotas';
import { StoreUnavailableError } from '../../../src/protocol/errors';
import { rejectionOf } from '../../support/expect/thrown';
import { fits, openRedis } from '../../support/redis/connection';
import { ownRedis, randomPrefix, testRedis } from '../../support/redis/redis';
import { SeededRandom } from '../../support/properties/seeded-random';
import { until } from '../../support/time/waiting';

const GATES = 4;
const toPromise = async (counted: Counted | Promise<Counted>): Promise<Counted> => counted;

const never = (): never => {
  throw new Error('there is no gate');
};

const openGates = async (connect: typeof testRedis, deadline = 5_000): Promise<readonly LeasedQuotas[]> => {
  const prefix = randomPrefix();
  const gates: LeasedQuotas[] = [];
  for (let gate = 0; gate < GATES; gate += 1) {
    const { connection, keys } = openRedis(fits(await connect()), { prefix, deadline });
    await connection.ping();
    gates.push(new LeasedQuotas({ store: new RedisQuotaStore(connection, keys) }));
  }
  return gates;
};

describe('gates that count in one Redis', () => {
  it('admit all of the limit and no more, in whatever parts the requests reach them', async () => {
    const gates = await openGates(testRedis);
    const random = new SeededRandom();
    const allowance: Allowance = { requests: 500, per: 600 };
    const counted: Counted[] = [];
    while (counted.length < 2_000) {
      const gate = random.pick(gates);
      const some = Array.from({ length: random.pick([1, 2, 20]) }, () => toPromise(gate.count('a', allowance)));
      counted.push(...(await Promise.all(some)));
    }
    const admitted = counted.filter(({ isAdmitted }) => isAdmitted).length;
    expect(admitted).toBeLessThanOrEqual(500);
    expect(admitted).toBeGreaterThanOrEqual(450); // each other gate may have a part of the rest that it did not use
    const refused = counted.at(-1);
    expect(refused).toMatchObject({ isAdmitted: false, remaining: 0 });
    expect(refused?.retryAfter).toBe(refused?.resetAfter);
  });

  it('count again in the next window', async () => {
    const [gate = never(), other = never()] = await openGates(testRedis);
    const allowance: Allowance = { requests: 2, per: 1 };
    const count = async (): Promise<boolean> => (await toPromise(gate.count('a', allowance))).isAdmitted;
    expect([await count(), await count(), await count()]).toEqual([true, true, false]);
    await until(count);
    expect(await toPromise(other.count('a', allowance))).toMatchObject({ isAdmitted: true, remaining: 0 });
  });

  it('reject guarded requests while Redis is down, admit public ones, and count in Redis again when it is back', async () => {
    const own = await ownRedis();
    const [gate = never()] = await openGates(() => own.client(), 500);
    const allowance: Allowance = { requests: 100, per: 600 };
    await gate.count('a', allowance);
    await own.stop();
    expect(await rejectionOf(toPromise(gate.count('b', allowance)))).toBeInstanceOf(StoreUnavailableError);
    expect(await gate.countPublic('c', allowance)).toMatchObject({ isAdmitted: true });
    expect(await gate.countPublic('c', allowance)).toMatchObject({ isAdmitted: false });
    await own.start();
    await until(async () => {
      const usage = await gate.findFreshUsage('c', allowance).catch(() => undefined);
      await gate.countPublic('c', allowance);
      return usage !== undefined && usage.remaining < 100;
    });
    expect(await gate.count('b', allowance)).toMatchObject({ isAdmitted: true });
  });
});
