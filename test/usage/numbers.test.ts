import fc from 'fast-check';
import { numbersOf } from '../../src/usage/numbers';
import {
  countOne,
  emptyTally,
  LATENCY_BOUNDS,
  OUTCOMES,
  outcomeOfRefusal,
  outcomeOfStatus,
  sumOf,
} from '../../src/usage/tally';
import { assertProperty } from '../support/properties/property-runs';

const tallyOf = (durations: readonly number[]) => {
  const tally = emptyTally();
  for (const duration of durations) countOne(tally, 'success', duration);
  return tally;
};

describe('the numbers of a tally', () => {
  it('are zero, without a latency, if there was no request', () => {
    expect(numbersOf(emptyTally())).toEqual({
      requests: 0,
      refused: { forbidden: 0, limited: 0, other: 0 },
      responses: { success: 0, redirect: 0, clientError: 0, serverError: 0, cancelled: 0 },
    });
  });

  it('count each outcome once, and their sum as requests', () => {
    const tally = emptyTally();
    for (const [index, outcome] of OUTCOMES.entries()) {
      for (let count = 0; count <= index; count += 1) countOne(tally, outcome);
    }
    expect(numbersOf(tally)).toEqual({
      requests: 36,
      refused: { forbidden: 1, limited: 2, other: 3 },
      responses: { success: 4, redirect: 5, clientError: 6, serverError: 7, cancelled: 8 },
    });
  });

  it('estimate latencies within a bucket of the real ones', () => {
    const { latency } = numbersOf(
      tallyOf([...Array.from({ length: 90 }, () => 30), ...Array.from({ length: 10 }, () => 800)]),
    );
    expect(latency?.p50).toBeGreaterThan(25);
    expect(latency?.p50).toBeLessThanOrEqual(50);
    expect(latency?.p95).toBeGreaterThan(500);
    expect(latency?.p95).toBeLessThanOrEqual(1_000);
  });

  it('have the lower bound of the last bucket as the latency of whatever took longer', () => {
    expect(numbersOf(tallyOf([60_000])).latency).toEqual({ p50: 10_000, p95: 10_000 });
  });

  it('put any duration into the bucket of its bounds', () => {
    assertProperty(
      fc.property(fc.float({ min: 0, max: 20_000, noNaN: true }), (duration) => {
        const bucket = tallyOf([duration]).slice(OUTCOMES.length).indexOf(1);
        expect(duration).toBeLessThanOrEqual(LATENCY_BOUNDS[bucket] ?? Infinity);
        expect(duration).toBeGreaterThan(LATENCY_BOUNDS[bucket - 1] ?? -1);
      }),
    );
  });

  it('of a sum are the sums of the numbers', () => {
    const tallies = fc.array(fc.array(fc.nat(1_000), { minLength: 20, maxLength: 20 }), { maxLength: 10 });
    assertProperty(
      fc.property(tallies, (all) => {
        const total = all.reduce((sum, tally) => sum + numbersOf(tally).requests, 0);
        expect(numbersOf(sumOf(all)).requests).toBe(total);
      }),
    );
  });
});

it.each([
  [101, 'success'],
  [204, 'success'],
  [304, 'redirect'],
  [404, 'clientError'],
  [502, 'serverError'],
])('a response with %s is counted as %s', (status, outcome) => {
  expect(outcomeOfStatus(status)).toBe(outcome);
});

it.each([
  [401, 'refused'],
  [403, 'forbidden'],
  [410, 'refused'],
  [429, 'limited'],
])('a refusal with %s is counted as %s', (status, outcome) => {
  expect(outcomeOfRefusal(status)).toBe(outcome);
});
