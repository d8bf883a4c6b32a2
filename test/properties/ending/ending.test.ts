import { aClock } from '../../support/time/clock';
import { casesOf, forAllCases, PROPERTY_TIMEOUT_MS } from '../../support/properties/property-runs';
import { testRedis, randomPrefix } from '../../support/redis/redis';
import { followSequence } from './sequence';
import { sequences } from './sequences';

const MAX_MS_FOR_A_SEQUENCE = 500;

jest.setTimeout(Math.max(PROPERTY_TIMEOUT_MS, casesOf('endings') * MAX_MS_FOR_A_SEQUENCE));

test(`what was ended is refused by both gates, and nothing else is (${casesOf('endings')} sequences)`, async () => {
  const redis = await testRedis();
  const { now: clock } = aClock();
  const total = { accepted: 0, refused: 0 };
  await forAllCases('endings', sequences, async (sequence) => {
    const { accepted, refused } = await followSequence({ redis, prefix: randomPrefix(), clock }, sequence);
    total.accepted += accepted;
    total.refused += refused;
  });
  // Or hardly anything was issued, or ended.
  expect(Math.min(total.accepted, total.refused)).toBeGreaterThan(2 * casesOf('endings'));
});
