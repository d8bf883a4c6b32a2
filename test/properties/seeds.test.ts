import fc from 'fast-check';
import type * as PropertyRuns from '../support/properties/property-runs';
import type * as Seed from '../support/properties/seed';
import type * as Random from '../support/properties/seeded-random';

interface Modules {
  readonly seed: typeof Seed;
  readonly random: typeof Random;
  readonly runs: typeof PropertyRuns;
}

/** Loads the modules again, as a run with this environment does. For the time outside tests: one of them has a hook. */
const modulesWith = (env: Readonly<Record<string, string>>): Modules => {
  const replaced = jest.replaceProperty(process, 'env', { ...process.env, ...env });
  try {
    let modules: Modules | undefined;
    jest.isolateModules(() => {
      modules = {
        seed: require('../support/properties/seed'),
        random: require('../support/properties/seeded-random'),
        runs: require('../support/properties/property-runs'),
      };
    });
    if (modules === undefined) throw new Error('nothing was loaded');
    return modules;
  } finally {
    replaced.restore();
  }
};

const ordinary = { SCOPEGATE_PROPERTY_SEED: '', SCOPEGATE_PROPERTY_RUNS: '' };
const runs = {
  first: modulesWith(ordinary),
  second: modulesWith(ordinary),
  asked: modulesWith({ ...ordinary, SCOPEGATE_PROPERTY_SEED: '1234567' }),
  long: modulesWith({ ...ordinary, SCOPEGATE_PROPERTY_RUNS: '6000' }),
  short: modulesWith({ ...ordinary, SCOPEGATE_PROPERTY_RUNS: '100' }),
};

const casesOf = (modules: Modules, numRuns = 20): readonly number[] => {
  const seen: number[] = [];
  modules.runs.assertProperty(
    fc.property(fc.nat(), (value) => void seen.push(value)),
    { numRuns },
  );
  return seen;
};

const numbersOf = ({ random }: Modules): readonly number[] => {
  const { next } = new random.SeededRandom();
  return Array.from({ length: 20 }, next);
};

describe('the random choices of the tests', () => {
  it.each([
    ['cases of properties', casesOf],
    ['random numbers', numbersOf],
  ])('are the same %s in every ordinary run, and others with another seed', (_name, choices) => {
    expect(choices(runs.second)).toEqual(choices(runs.first));
    expect(choices(runs.asked)).not.toEqual(choices(runs.first));
  });

  it('have the seed of SCOPEGATE_PROPERTY_SEED, which must be a whole number', () => {
    expect(runs.asked.seed.SEED).toBe(1_234_567);
    expect(() => modulesWith({ SCOPEGATE_PROPERTY_SEED: 'today' })).toThrow(
      'SCOPEGATE_PROPERTY_SEED must be a whole number, and is today',
    );
  });

  it('are as many times more as are asked for, and never fewer than usual', () => {
    expect([runs.first, runs.long, runs.short].map((modules) => casesOf(modules, 10).length)).toEqual([10, 20, 10]);
  });

  it('pick each of the choices, with numbers from 0 to 1', () => {
    const { next, pick } = new runs.first.random.SeededRandom();
    expect(new Set(Array.from({ length: 100 }, () => pick(['a', 'b', 'c'])))).toEqual(new Set(['a', 'b', 'c']));
    for (let count = 0; count < 1_000; count += 1) expect(Math.floor(next())).toBe(0);
  });
});
