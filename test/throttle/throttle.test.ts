import { OAuthError } from '../../src/protocol/errors';
import { MemoryFailureCounters } from '../../src/stores/memory/failure-counters';
import type { FailureCounters, Limits } from '../../src/throttle/failure-counters';
import type { SignInAttempt } from '../../src/throttle/sign-in-attempt';
import { createThrottle } from '../../src/throttle/throttle';
import { ignoreEvents } from '../support/gate/ignored-events';
import { aClock } from '../support/time/clock';
import { nextTurn } from '../support/time/waiting';

const limits: Limits = {
  accountAndAddress: { failures: 3, window: 100 },
  address: { failures: 6, window: 100 },
  account: { failures: 5, window: 200 },
  clientAndAddress: { failures: 3, window: 100 },
  unknownClients: { failures: 4, window: 100 },
  unknownTokens: { failures: 3, window: 100 },
  passwordLinksPerAdministrator: { failures: 3, window: 100 },
  signUpsPerNetwork: { failures: 3, window: 100 },
  authorizationsPerNetwork: { failures: 3, window: 100 },
};

const open = (changed: Partial<Limits> = {}) => {
  const clock = aClock();
  const all = { ...limits, ...changed };
  return {
    clock,
    throttle: createThrottle({
      counters: new MemoryFailureCounters(all, clock.now),
      inProcess: new MemoryFailureCounters(all, clock.now),
      limits: all,
      emit: ignoreEvents,
    }),
  };
};

type Throttle = ReturnType<typeof open>['throttle'];

const fail = async (throttle: Throttle, account: string, address: string): Promise<SignInAttempt> => {
  const attempt = await throttle.beginSignIn(account, address);
  await attempt.settle('failed');
  return attempt;
};

const refusal = async (what: Promise<unknown>): Promise<OAuthError> => {
  const thrown: unknown = await what.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof OAuthError) return thrown;
  throw new Error('nothing was refused');
};

describe('the throttle', () => {
  it('refuses an account from one address after its failures, and accepts it from another', async () => {
    const { throttle } = open();
    for (let count = 0; count < 3; count += 1) expect((await fail(throttle, 'ana', '192.0.2.1')).refused).toBe(false);
    expect((await fail(throttle, 'ana', '192.0.2.1')).refused).toBe(true);
    expect((await fail(throttle, 'ana', '192.0.2.2')).refused).toBe(false);
    expect((await fail(throttle, 'bob', '192.0.2.1')).refused).toBe(false);
  });

  it('starts again when the window is over, and the window does not slide', async () => {
    const { throttle, clock } = open();
    for (let count = 0; count < 3; count += 1) {
      await fail(throttle, 'ana', '192.0.2.1');
      clock.advance(30);
    }
    expect((await fail(throttle, 'ana', '192.0.2.1')).refused).toBe(true);
    clock.advance(11);
    expect((await fail(throttle, 'ana', '192.0.2.1')).refused).toBe(false);
  });

  it('refuses an address with 429 and Retry-After', async () => {
    const { throttle } = open();
    for (const account of ['a', 'b', 'c', 'd', 'e', 'f']) await fail(throttle, account, '192.0.2.1');
    for (const again of [1, 2]) {
      const error = await refusal(throttle.beginSignIn(`g${again}`, '192.0.2.1'));
      expect(error.status).toBe(429);
      expect(error.code).toBe('invalid_request');
      expect(Number(error.headers['Retry-After'])).toBeGreaterThan(90);
    }
  });

  it('accepts an account from its usual address when others have used up its limit', async () => {
    const { throttle } = open();
    await (await throttle.beginSignIn('ana', '198.51.100.1')).settle('succeeded');
    for (let host = 1; host <= 5; host += 1) await fail(throttle, 'ana', `192.0.2.${host}`);
    expect((await fail(throttle, 'ana', '192.0.2.99')).refused).toBe(true);
    const owner = await throttle.beginSignIn('ana', '198.51.100.1');
    expect(owner.refused).toBe(false);
    await owner.settle('succeeded');
  });

  it('S-097 does not let guesses that are never checked close an account to other addresses', async () => {
    const { throttle } = open({ address: { failures: 100, window: 100 } });
    for (let count = 0; count < 40; count += 1) await fail(throttle, 'ana', '192.0.2.1');
    expect((await throttle.beginSignIn('ana', '203.0.113.7')).refused).toBe(false);
  });

  it('S-097 does not count for an account the attempts of an address over its own limit', async () => {
    const { throttle } = open({ address: { failures: 2, window: 100 }, account: { failures: 1, window: 100 } });
    for (const account of ['a', 'b']) await fail(throttle, account, '192.0.2.1');
    expect((await refusal(throttle.beginSignIn('ana', '192.0.2.1'))).status).toBe(429);
    expect((await throttle.beginSignIn('ana', '203.0.113.7')).refused).toBe(false);
  });

  it("clears an account's own failures when it signs in, and no others", async () => {
    const { throttle } = open();
    for (let count = 0; count < 2; count += 1) {
      await fail(throttle, 'ana', '192.0.2.1');
      await fail(throttle, 'bob', '192.0.2.1');
    }
    await (await throttle.beginSignIn('ana', '192.0.2.1')).settle('succeeded');
    expect((await fail(throttle, 'bob', '192.0.2.1')).refused).toBe(false);
    expect((await fail(throttle, 'bob', '192.0.2.1')).refused).toBe(true);
    expect(
      (await refusal(throttle.beginSignIn('eve', '192.0.2.1').then(() => fail(throttle, 'ana', '192.0.2.1')))).status,
    ).toBe(429);
  });

  it('counts nothing if the password could not be checked', async () => {
    const { throttle } = open();
    for (let count = 0; count < 10; count += 1) {
      await (await throttle.beginSignIn('ana', '192.0.2.1')).settle('undecided');
    }
    expect((await fail(throttle, 'ana', '192.0.2.1')).refused).toBe(false);
  });

  it('S-098 never has more guesses in flight than the limit of failures, however many are concurrent', async () => {
    const { throttle } = open();
    let underWay = 0;
    let most = 0;
    let looked = 0;
    const guess = async (): Promise<void> => {
      const attempt = await throttle.beginSignIn('ana', '192.0.2.1');
      if (!attempt.refused) {
        looked += 1;
        underWay += 1;
        most = Math.max(most, underWay);
        await nextTurn();
        underWay -= 1;
      }
      await attempt.settle('failed');
    };
    await Promise.allSettled(Array.from({ length: 50 }, guess));
    expect(most).toBeLessThanOrEqual(3);
    expect(looked).toBe(3);
  });

  it('accepts any number of concurrent right sign-ins, some of them with a short delay', async () => {
    const { throttle } = open({ address: { failures: 50, window: 100 }, account: { failures: 50, window: 100 } });
    const signIn = async (): Promise<boolean> => {
      const attempt = await throttle.beginSignIn('ana', '192.0.2.1');
      await nextTurn();
      await attempt.settle(attempt.refused ? 'failed' : 'succeeded');
      return attempt.refused;
    };
    const refused = await Promise.all(Array.from({ length: 60 }, signIn));
    expect(refused.filter(Boolean)).toEqual([]);
  });

  it('refuses a client from one address after its failures, before any look-up', async () => {
    const { throttle } = open();
    for (let count = 0; count < 3; count += 1) await throttle.countFailedClient('key', '192.0.2.1');
    expect((await refusal(throttle.countFailedClient('key', '192.0.2.1'))).status).toBe(429);
    expect(() => throttle.refuseBlockedClient('key', '192.0.2.1')).toThrow(OAuthError);
    expect(() => throttle.refuseBlockedClient('key', '192.0.2.2')).not.toThrow();
    expect(() => throttle.refuseBlockedClient('other', '192.0.2.1')).not.toThrow();
  });

  it('unlocks an account at every address where it failed, and no other account', async () => {
    const { throttle } = open({ address: { failures: 100, window: 100 } });
    for (const address of ['192.0.2.1', '192.0.2.2']) {
      for (let count = 0; count < 4; count += 1) await fail(throttle, 'ana', address);
    }
    for (let count = 0; count < 4; count += 1) await fail(throttle, 'bob', '192.0.2.1');
    await throttle.unlock('ana');
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) {
      expect((await fail(throttle, 'ana', address)).refused).toBe(false); // three: neither pair nor ceiling is near
    }
    expect((await fail(throttle, 'bob', '192.0.2.1')).refused).toBe(true);
  });

  it('unlocks an account at which very many networks have failed, and clears their counters in slices', async () => {
    const clock = aClock();
    const counters = new MemoryFailureCounters(limits, clock.now);
    let underWay = 0;
    let most = 0;
    const watched: FailureCounters = Object.assign(Object.create(counters) as FailureCounters, {
      clear: async (...where: Parameters<FailureCounters['clear']>) => {
        most = Math.max(most, (underWay += 1));
        await nextTurn();
        await counters.clear(...where);
        underWay -= 1;
      },
      linkedTo: async () => Array.from({ length: 12_000 }, (_, index) => `pair ${index}`),
    });
    await counters.add('accountAndAddress', 'pair 11999');
    await createThrottle({ counters: watched, inProcess: counters, limits, emit: ignoreEvents }).unlock('ana');
    expect(most).toBeLessThanOrEqual(100);
    expect((await counters.add('accountAndAddress', 'pair 11999')).failures).toBe(1);
  });

  it('counts from zero after an account was unlocked', async () => {
    const { throttle } = open();
    for (let count = 0; count < 4; count += 1) await fail(throttle, 'ana', '192.0.2.1');
    await throttle.unlock('ana');
    await throttle.unlock('nobody');
    for (let count = 0; count < 2; count += 1) expect((await fail(throttle, 'ana', '192.0.2.1')).refused).toBe(false);
  });

  it('does not unblock an address over its own limit when an account is unlocked', async () => {
    const { throttle } = open();
    for (let count = 0; count < 7; count += 1) await fail(throttle, `user${count}`, '192.0.2.1').catch(() => undefined);
    await throttle.unlock('ana');
    expect((await refusal(throttle.beginSignIn('ana', '192.0.2.1'))).status).toBe(429);
  });
});

describe('the lock of an account', () => {
  it('is found once the next attempt from a network would be refused, and lasts until its window ends', async () => {
    const { throttle, clock } = open();
    for (let count = 0; count < 2; count += 1) await fail(throttle, 'ana', '192.0.2.1');
    expect(await throttle.findLock('ana')).toBeUndefined();
    await fail(throttle, 'ana', '192.0.2.1');
    clock.advance(40);
    expect(await throttle.findLock('ana')).toBeCloseTo(60_000, -2);
    expect(await throttle.findLock('bob')).toBeUndefined();
    expect((await fail(throttle, 'ana', '198.51.100.1')).refused).toBe(false);
    clock.advance(61);
    expect(await throttle.findLock('ana')).toBeUndefined();
  });

  it('is found if all new networks are refused, counts nothing, and ends with unlock', async () => {
    const { throttle } = open();
    for (let host = 1; host <= 5; host += 1) await fail(throttle, 'ana', `192.0.2.${host}`);
    for (let read = 0; read < 20; read += 1) expect(await throttle.findLock('ana')).toBeGreaterThan(90_000);
    await throttle.unlock('ana');
    expect(await throttle.findLock('ana')).toBeUndefined();
    expect((await fail(throttle, 'ana', '192.0.2.1')).refused).toBe(false);
  });
});

describe('wrong codes of links', () => {
  it('count for their network together with wrong passwords', async () => {
    const { throttle } = open();
    for (const account of ['a', 'b']) await fail(throttle, account, '192.0.2.1');
    for (let code = 0; code < 4; code += 1) await throttle.countWrongCode('192.0.2.1');
    const beyond = await refusal(throttle.countWrongCode('192.0.2.1').then(() => undefined as never));
    expect(beyond.status).toBe(429);
    expect(() => throttle.refuseBlockedAddress('192.0.2.1')).toThrow(OAuthError);
    await throttle.countWrongCode('198.51.100.1');
  });
});

describe('a flood of one rule', () => {
  const FLOOD = 100_200;

  it('S-095 does not make a throttle in memory lose the failures of another rule', async () => {
    const { throttle } = open({ unknownClients: { failures: 1_000_000, window: 100 } });
    for (let count = 0; count < 3; count += 1) await fail(throttle, 'ana', '192.0.2.1');
    for (let count = 0; count < 3; count += 1) await throttle.countFailedClient('key', '192.0.2.1');
    await expect(throttle.countFailedClient('key', '192.0.2.1')).rejects.toThrow(OAuthError);
    const address = (count: number): string => `10.${count >> 16}.${(count >> 8) & 255}.${count & 255}`;
    for (let count = 0; count < FLOOD; count += 1) {
      await throttle.countUnknownClient(`nobody${count}`, address(count));
      await throttle.countUnknownToken('key', address(count));
    }
    expect((await throttle.beginSignIn('ana', '192.0.2.1')).refused).toBe(true);
    expect(() => throttle.refuseBlockedClient('key', '192.0.2.1')).toThrow(OAuthError);
  }, 60_000);

  it('S-077 removes no block of another rule, nor of an existing client', async () => {
    const { throttle } = open({
      unknownTokens: { failures: 1, window: 100 },
      unknownClients: { failures: 1, window: 100 },
    });
    for (let count = 0; count < 4; count += 1)
      await throttle.countFailedClient('key', '192.0.2.1').catch(() => undefined);
    const isBlocked = (): boolean => {
      try {
        throttle.refuseBlockedClient('key', '192.0.2.1');
        return false;
      } catch {
        return true;
      }
    };
    expect(isBlocked()).toBe(true);
    for (let count = 0; count < 10_100; count += 1) {
      const address = `10.0.${count >> 8}.${count & 255}`;
      for (let times = 0; times < 2; times += 1) {
        await throttle.countUnknownToken('key', address).catch(() => undefined);
        await throttle.countUnknownClient('nobody', address).catch(() => undefined);
      }
    }
    expect(isBlocked()).toBe(true);
  }, 60_000);
});
