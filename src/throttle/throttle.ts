import { LRUCache } from 'lru-cache';
import { OAuthError } from '../protocol/errors';
import { digestOf } from '../protocol/secrets';
import type { Milliseconds } from '../protocol/time';
import { networkOf } from './address';
import type { Count, FailureCounters, Limits, Rule } from './failure-counters';

/** A sign-in that has been counted as a failure in advance, so that parallel guesses cannot overtake the count. */
export interface SignInAttempt {
  /** Whether it is refused whatever the password is. The work is done all the same, so that nobody can tell. */
  readonly refused: boolean;
  /** The password was right: what was counted in advance is taken back, and the account's own failures are forgotten. */
  succeeded(): Promise<void>;
  /** The password could not be checked: nobody failed. */
  undecided(): Promise<void>;
}

/**
 * Makes guessing slow (RFC 6749 §4.3.2, RFC 6819 §4.4.3.6) without giving anyone a lever to lock an owner out: an
 * account is never locked, only pairs of account and address are, and, over all addresses, those from which the account
 * never signed in before.
 */
export interface Throttle {
  /** @throws OAuthError `invalid_request` (429) with `Retry-After`, before any password work. */
  beginSignIn(account: string, address: string): Promise<SignInAttempt>;
  /** @throws OAuthError `invalid_request` (429) where this client fails too often from this address. */
  refuseBlockedClient(clientId: string, address: string): void;
  /** Counts a failed client authentication. @throws OAuthError `invalid_request` (429) when it was one too many. */
  clientFailed(clientId: string, address: string): Promise<void>;
}

const MOST_BLOCKS_IN_MEMORY = 10_000;

const keyOf = (...parts: readonly string[]): string => digestOf(JSON.stringify(parts)).slice(0, 22);

const tooMany = (endsIn: Milliseconds): OAuthError =>
  new OAuthError('invalid_request', 'Too many failed attempts from this address. Try again later.', {
    status: 429,
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(endsIn / 1000))) },
  });

export const createThrottle = (counters: FailureCounters, limits: Limits): Throttle => {
  // What is blocked is remembered here, so that a flood of refusals costs the store nothing.
  const blocked = new LRUCache<string, true>({ max: MOST_BLOCKS_IN_MEMORY });

  const refuseBlocked = (rule: Rule, key: string): void => {
    const remaining = blocked.getRemainingTTL(`${rule}:${key}`);
    if (remaining > 0) throw tooMany(remaining);
  };

  const refuseOver = (rule: Rule, key: string, { failures, endsIn }: Count): void => {
    if (failures <= limits[rule].failures) return;
    blocked.set(`${rule}:${key}`, true, { ttl: Math.max(1, endsIn) });
    throw tooMany(endsIn);
  };

  const isOver = (rule: Rule, { failures }: Count): boolean => failures > limits[rule].failures;

  return {
    beginSignIn: async (account, address) => {
      const network = networkOf(address);
      const byAddress = keyOf(network);
      const byAccount = keyOf(account);
      const byPair = keyOf(account, network);
      refuseBlocked('address', byAddress);
      const [onAddress, onAccount, onPair] = await Promise.all([
        counters.add('address', byAddress),
        counters.add('account', byAccount),
        counters.add('accountAndAddress', byPair),
      ]);
      refuseOver('address', byAddress, onAddress);
      const strangersRefused = isOver('account', onAccount) && !(await counters.isRemembered(byPair));
      const refused = isOver('accountAndAddress', onPair) || strangersRefused;
      const takeBack = async (): Promise<void> => {
        await Promise.all([counters.takeBack('address', byAddress), counters.takeBack('account', byAccount)]);
      };
      return {
        refused,
        succeeded: async () => {
          if (refused) return;
          await Promise.all([takeBack(), counters.clear('accountAndAddress', byPair), counters.remember(byPair)]);
        },
        undecided: async () => {
          await Promise.all([takeBack(), counters.takeBack('accountAndAddress', byPair)]);
        },
      };
    },
    refuseBlockedClient: (clientId, address) => {
      refuseBlocked('clientAndAddress', keyOf(clientId, networkOf(address)));
    },
    clientFailed: async (clientId, address) => {
      const key = keyOf(clientId, networkOf(address));
      refuseOver('clientAndAddress', key, await counters.add('clientAndAddress', key));
    },
  };
};

const nobodyFails: SignInAttempt = {
  refused: false,
  succeeded: async () => undefined,
  undecided: async () => undefined,
};

/** For hosts that throttle in another place. */
export const noThrottle: Throttle = {
  beginSignIn: async () => nobodyFails,
  refuseBlockedClient: () => undefined,
  clientFailed: async () => undefined,
};
