import type * as argon2 from '@node-rs/argon2';
import { costFor, costOf, isPasswordHash, isWeaker, workOf } from '../../src/directory/password-work';
import { Passwords } from '../../src/directory/passwords';

/** The argon2 work that was requested, in KiB written. */
let written = 0;

jest.mock('@node-rs/argon2', () => {
  const actual: typeof argon2 = jest.requireActual('@node-rs/argon2');
  const note = (work: number): void => {
    written += work;
  };
  return {
    ...actual,
    hash: (...args: Parameters<typeof argon2.hash>) => {
      note((args[1]?.memoryCost ?? 0) * (args[1]?.timeCost ?? 0));
      return actual.hash(...args);
    },
    verify: (...args: Parameters<typeof argon2.verify>) => {
      const figures = costOf(String(args[0]));
      note(figures === undefined ? 0 : workOf(figures));
      return actual.verify(...args);
    },
  };
});

const queue = { concurrency: 2, queue: 100, queueDeadline: 5_000 };
const OWN = { memoryCost: 64, timeCost: 3, parallelism: 1 };

const workDuring = async (act: () => Promise<unknown>): Promise<number> => {
  written = 0;
  await act();
  return written;
};

describe('a failed sign-in', () => {
  it.each([
    ['the same', OWN],
    ['weaker', { memoryCost: 8, timeCost: 1, parallelism: 1 }],
    ['of less memory', { ...OWN, memoryCost: 24 }],
    ['of fewer passes', { ...OWN, timeCost: 1 }],
    ['stronger', { memoryCost: 128, timeCost: 5, parallelism: 2 }],
  ])(
    'S-083 does as much work for a hash whose parameters are %s as for a user who does not exist',
    async (_how, other) => {
      const own = new Passwords({ ...OWN, ...queue });
      const hash = await new Passwords({ ...other, ...queue }).hash('right');
      await own.verify(hash, 'wrong'); // from now on its figures are known
      const work = await workDuring(() => own.verify(undefined, 'wrong'));
      expect(work).toBe(Math.max(workOf(OWN), workOf(other)));
      const forUser = await workDuring(() => own.verify(hash, 'wrong'));
      expect(Math.abs(forUser - work)).toBeLessThanOrEqual(work / 100); // memory is in whole KiB
      expect(await workDuring(() => own.verify('broken', 'wrong'))).toBe(work);
    },
  );

  it('S-083 accounts for the work of declared hashes from the start', async () => {
    const own = new Passwords(
      { ...OWN, ...queue },
      { info: () => undefined, warn: () => undefined, error: () => undefined },
    );
    own.acceptDeclared(await new Passwords({ ...OWN, timeCost: 7, ...queue }).hash('right'));
    expect(await workDuring(() => own.verify(undefined, 'wrong'))).toBe(workOf({ ...OWN, timeCost: 7 }));
  });

  it('does more work than a right password, whose success is visible anyway', async () => {
    const own = new Passwords({ ...OWN, ...queue });
    const hash = await new Passwords({ memoryCost: 8, timeCost: 1, parallelism: 1, ...queue }).hash('right');
    expect(await workDuring(() => own.verify(hash, 'right'))).toBe(8);
  });
});

describe('argon2 parameters', () => {
  it('are spread over several passes if one pass cannot hold the memory, and negligible work needs none', () => {
    expect(costFor(0, 64)).toBeUndefined();
    expect(costFor(-10, 64)).toBeUndefined();
    expect(costFor(7, 64)).toBeUndefined();
    expect(costFor(64, 64)).toEqual({ memoryCost: 64, timeCost: 1, parallelism: 1 });
    for (const work of [65, 100, 128, 1_000]) {
      const figures = costFor(work, 64);
      expect(figures?.memoryCost).toBeLessThanOrEqual(64);
      expect(Math.abs(workOf(figures ?? OWN) - work)).toBeLessThanOrEqual(figures?.timeCost ?? 0);
    }
  });

  it('are weaker if any of them is below the required value', () => {
    expect(isWeaker(OWN, OWN)).toBe(false);
    expect(isWeaker({ ...OWN, memoryCost: 63, timeCost: 9 }, OWN)).toBe(true);
    expect(isWeaker({ ...OWN, timeCost: 2 }, OWN)).toBe(true);
    expect(isWeaker(OWN, { ...OWN, parallelism: 2 })).toBe(true);
    expect(isWeaker({ memoryCost: 128, timeCost: 4, parallelism: 2 }, OWN)).toBe(false);
  });

  it('are read only from a complete argon2id hash', () => {
    const hash = `$argon2id$v=19$m=64,t=3,p=1$c29tZXNhbHQ$${'A'.repeat(43)}`;
    expect(costOf(hash)).toEqual(OWN);
    expect(isPasswordHash(hash.replace('argon2id', 'argon2i'))).toBe(false);
    expect(costOf('')).toBeUndefined();
  });
});
