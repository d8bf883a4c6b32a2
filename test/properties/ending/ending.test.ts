import { aClock } from '../../support/time/clock';
import { casesOf, forAllCases, PROPERTY_TIMEOUT_MS } from '../../support/properties/property-runs';
import { testRedis, randomPrefix } from '../../support/redis/redis';
import type { Ending } from './ending-model';
import { followSequence } from './sequence';
import { sequences } from './sequences';

const MAX_MS_FOR_A_SEQUENCE = 500;

jest.setTimeout(Math.max(PROPERTY_TIMEOUT_MS, casesOf('endings') * MAX_MS_FOR_A_SEQUENCE));

/** What does not end yet what it must. Sequences leave it out; an entry is deleted with the change that makes it end. */
const NOT_YET_ENDED: readonly { readonly what: Ending; readonly because: string }[] = [
  { what: 'declared user removed', because: 'declarations of the former start are not compared' },
  { what: 'declared password changed', because: 'declarations of the former start are not compared' },
  { what: 'declared roles removed', because: 'declarations of the former start are not compared' },
  { what: 'declared application removed', because: 'declarations of the former start are not compared' },
  { what: 'declared application moved', because: 'declarations of the former start are not compared' },
  { what: 'declared secret changed', because: 'declarations of the former start are not compared' },
  { what: 'declared scopes narrowed', because: 'declarations of the former start are not compared' },
  { what: 'declared organization removed', because: 'declarations of the former start are not compared' },
  { what: 'declared record disabled', because: 'declared records are read-only' },
];

test(`what was ended is refused by both gates, and nothing else is (${casesOf('endings')} sequences)`, async () => {
  const redis = await testRedis();
  const { now: clock } = aClock();
  const notYet = NOT_YET_ENDED.map(({ what }) => what);
  const total = { accepted: 0, refused: 0 };
  await forAllCases('endings', sequences, async (sequence) => {
    const { accepted, refused } = await followSequence({ redis, prefix: randomPrefix(), clock }, sequence, notYet);
    total.accepted += accepted;
    total.refused += refused;
  });
  // Or hardly anything was issued, or ended.
  expect(Math.min(total.accepted, total.refused)).toBeGreaterThan(2 * casesOf('endings'));
});
