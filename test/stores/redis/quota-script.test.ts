import fc from 'fast-check';
import { takeRequests, type Counter } from '../../../src/quotas/counter';
import { membersOf } from '../../../src/stores/redis/replies';
import { takeFromQuota } from '../../../src/stores/redis/quota-script';
import { assertProperty, PROPERTY_TIMEOUT_MS } from '../../support/properties/property-runs';
import { randomPrefix, testRedis } from '../../support/redis/redis';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

/** The script with the clock of the test, and without an end of the key by the clock of Redis. */
const lua = takeFromQuota.lua
  .replace("redis.call('TIME')", '{ ARGV[6], ARGV[7] }')
  .replaceAll(/, 'PX', string\.format\('%\.0f', [^)]*\)\)/g, ')');

const allowance = fc
  .record({
    requests: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 1_000_000_000 })),
    per: fc.oneof(fc.constantFrom(1, 60), fc.integer({ min: 1, max: 2_678_400 })),
    burst: fc.option(fc.integer({ min: 1, max: 1_000_000_000 }), { nil: undefined }),
  })
  .map(({ requests, per, burst }) => ({ requests, per, ...(burst ? { burst: Math.min(burst, requests) } : {}) }));

const amount = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 200_000_000 }));
const step = fc.record({
  callers: amount,
  extra: amount,
  /** Time since the last step, in thousandths of a window; negative if the clock is set back. */
  share: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 400 }) }, fc.integer({ min: -5_000, max: 5_000 })),
});

it('the script of Redis counts as the counter in memory does, also when the clock is set', async () => {
  expect(lua).not.toMatch(/TIME'|'PX'/);
  const redis = await testRedis();
  const key = `${randomPrefix()}quota`;
  const property = fc.asyncProperty(allowance, fc.array(step, { maxLength: 12 }), async (of, steps) => {
    await redis.del(key);
    let counter: Counter | undefined;
    let now = 1_800_000_000_000;
    for (const { callers, extra, share } of steps) {
      now += Math.floor((share * of.per * 1000) / 1000);
      const taken = takeRequests(counter, of, { callers, extra }, now);
      if (callers + extra > 0) counter = taken.counter;
      const time = [Math.floor(now / 1000), (now % 1000) * 1000];
      const args = [of.requests, of.per * 1000, of.burst ?? 0, callers, extra, ...time];
      const reply = membersOf(await redis.eval(lua, 1, key, ...args));
      const { granted, remaining, resetAfter, retryAfter, validFor } = taken.lease;
      expect(reply.slice(0, 3)).toEqual([granted, remaining, resetAfter]);
      // The level is stored with six decimals.
      expect(Math.abs(Number(reply[3]) - retryAfter)).toBeLessThanOrEqual(1);
      expect(Math.abs(Number(reply[4]) - validFor)).toBeLessThanOrEqual(1);
    }
    await redis.del(key);
  });
  await assertProperty(property, { numRuns: 150 });
});
