import fc from 'fast-check';
import { SEED } from './seed';
import { wholeNumberIn } from './whole-numbers';

/** The share of a hundred cases for each property over HTTP. */
const SHARES = {
  tokenBodies: 20,
  tokenRequests: 12,
  revokeRequests: 7,
  introspectRequests: 7,
  authorizationRequests: 12,
  rightRequestsSpeltOtherwise: 9,
  rightRequestsSpoilt: 13,
  guardHeaders: 12,
  guardTargets: 10,
  routers: 4,
  throttledInMemory: 3,
  throttledOnRedis: 3,
  sequencesWithGrace: 2,
  sequencesWithoutGrace: 1,
} as const;

/** The cases of each property that is beside those over HTTP: usually, and for a hundred cases that are asked for. */
const BESIDE = {
  endings: { usual: 300, ofHundred: 20 },
} as const;

export type PropertyName = keyof typeof SHARES | keyof typeof BESIDE;

const RUNS_VARIABLE = 'SCOPEGATE_PROPERTY_RUNS';
const USUAL_TOTAL = 3_000;
const MAX_MS_FOR_A_CASE = 40;
const JEST_TIMEOUT_MS = 30_000;

const asked = wholeNumberIn(RUNS_VARIABLE);
const total = asked ?? USUAL_TOTAL;
const sum = Object.values(SHARES).reduce((before, share) => before + share, 0);

const isBeside = (name: PropertyName): name is keyof typeof BESIDE => name in BESIDE;

/**
 * How many cases a property has: `SCOPEGATE_PROPERTY_RUNS` is the number of all over HTTP together, 3,000 if it is not
 * set.
 */
export const casesOf = (name: PropertyName): number => {
  if (!isBeside(name)) return Math.ceil((total * SHARES[name]) / sum);
  const { usual, ofHundred } = BESIDE[name];
  return asked === undefined ? usual : Math.ceil((asked * ofHundred) / 100);
};

/** How long a property may take. For `jest.setTimeout`: a night's cases take longer than a test's. */
export const PROPERTY_TIMEOUT_MS = Math.max(JEST_TIMEOUT_MS, total * MAX_MS_FOR_A_CASE);

/** At least the usual number of runs, and as many times more as `SCOPEGATE_PROPERTY_RUNS` is more than 3,000. */
const atLeast = (usual: number): number => Math.max(usual, Math.ceil((usual * total) / USUAL_TOTAL));

type Settings<T> = Pick<fc.Parameters<T>, 'numRuns' | 'examples'>;

/**
 * Searches for a case that violates a property, as `fc.assert` does, with the seed of the run. `numRuns`, 100 by
 * default, is the usual number. A case that is found is printed with its seed, which generates the same cases again in
 * `SCOPEGATE_PROPERTY_SEED`.
 */
export function assertProperty<T>(property: fc.IAsyncProperty<T>, settings?: Settings<T>): Promise<void>;
export function assertProperty<T>(property: fc.IProperty<T>, settings?: Settings<T>): void;
export function assertProperty<T>(property: fc.IRawProperty<T>, settings: Settings<T> = {}): Promise<void> | void {
  return fc.assert(property, { ...settings, numRuns: atLeast(settings.numRuns ?? 100), seed: SEED });
}

const ran: string[] = [];

/** Like `assertProperty`, with `casesOf` runs, which a nightly run lists with their times. */
export const forAllCases = async <T>(
  name: PropertyName,
  cases: fc.Arbitrary<T>,
  holds: (value: T) => Promise<void>,
): Promise<void> => {
  const began = performance.now();
  let count = 0;
  const property = fc.asyncProperty(cases, async (value) => {
    count += 1;
    await holds(value);
  });
  await fc.assert(property, { numRuns: casesOf(name), seed: SEED });
  ran.push(`${name}: ${count} cases in ${((performance.now() - began) / 1000).toFixed(1)} s`);
};

afterAll(() => {
  if (asked !== undefined && ran.length > 0) console.info(ran.join('\n'));
});
