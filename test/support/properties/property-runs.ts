import fc from 'fast-check';

/** The share of a hundred cases for each property over HTTP. */
const SHARES = {
  tokenBodies: 20,
  tokenRequests: 12,
  revokeRequests: 7,
  introspectRequests: 7,
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
const SEED_VARIABLE = 'SCOPEGATE_PROPERTY_SEED';
const USUAL_TOTAL = 3_000;
const MAX_MS_FOR_A_CASE = 40;
const JEST_TIMEOUT_MS = 30_000;

const numberIn = (variable: string): number | undefined => {
  const text = process.env[variable];
  if (text === undefined || text === '') return undefined;
  if (!/^-?\d+$/.test(text)) throw new Error(`${variable} must be a whole number, and is ${text}`);
  return Number(text);
};

const asked = numberIn(RUNS_VARIABLE);
const total = asked ?? USUAL_TOTAL;
const seed = numberIn(SEED_VARIABLE);
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

const ran: string[] = [];

/**
 * Searches for a case that violates a property. A case that is found is printed with its seed; the same seed in
 * `SCOPEGATE_PROPERTY_SEED` generates the same cases again.
 */
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
  await fc.assert(property, { numRuns: casesOf(name), ...(seed === undefined ? {} : { seed }) });
  ran.push(`${name}: ${count} cases in ${((performance.now() - began) / 1000).toFixed(1)} s`);
};

afterAll(() => {
  if (asked !== undefined && ran.length > 0) console.info(ran.join('\n'));
});
