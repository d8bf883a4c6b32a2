import { LRUCache } from 'lru-cache';
import { OAuthError } from '../protocol/errors';
import { digestOf } from '../protocol/secrets';
import type { Milliseconds } from '../protocol/time';
import { networkOf } from './address';
import { InFlight } from './in-flight';
import type { Count, FailureCounters, Limits, Rule } from './failure-counters';

/** What became of a sign-in. `undecided`: the password could not be checked, so nobody failed. */
export type SignInOutcome = 'succeeded' | 'failed' | 'undecided';

/** A sign-in that has been counted as a failure in advance, so that parallel guesses cannot overtake the count. */
export interface SignInAttempt {
  /** Whether it is refused whatever the password is. The work is done all the same, so that nobody can tell. */
  readonly refused: boolean;
  /** To be called once. What was counted in advance is taken back unless it failed. */
  settle(outcome: SignInOutcome): Promise<void>;
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

/** Where something is counted. */
interface Mark {
  readonly rule: Rule;
  readonly key: string;
}

const nameOf = ({ rule, key }: Mark): string => `${rule}:${key}`;

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

  const refuseBlocked = (mark: Mark): void => {
    const remaining = blocked.getRemainingTTL(nameOf(mark));
    if (remaining > 0) throw tooMany(remaining);
  };

  const refuseOver = (mark: Mark, { failures, endsIn }: Count): void => {
    if (failures <= limits[mark.rule].failures) return;
    blocked.set(nameOf(mark), true, { ttl: Math.max(1, endsIn) });
    throw tooMany(endsIn);
  };

  const inFlight = new InFlight();

  /** Counts an attempt under all its keys; waits while a count is over its limit only by attempts still under way. */
  const reserve = async (marks: readonly Mark[]): Promise<readonly Count[]> => {
    for (;;) {
      const counts = await Promise.all(marks.map(({ rule, key }) => counters.add(rule, key)));
      const contended = marks.find((mark, index) => isOver(mark, counts[index]) && inFlight.isBusy(nameOf(mark)));
      if (contended === undefined) return counts;
      await takeBack(marks);
      await inFlight.turn(nameOf(contended));
    }
  };

  const takeBack = async (marks: readonly Mark[]): Promise<void> => {
    await Promise.all(marks.map(({ rule, key }) => counters.takeBack(rule, key)));
  };

  const isOver = ({ rule }: Mark, count: Count | undefined): boolean =>
    count === undefined || count.failures > limits[rule].failures;

  return {
    beginSignIn: async (account, address) => {
      const network = networkOf(address);
      const byAddress: Mark = { rule: 'address', key: keyOf(network) };
      const byAccount: Mark = { rule: 'account', key: keyOf(account) };
      const byPair: Mark = { rule: 'accountAndAddress', key: keyOf(account, network) };
      refuseBlocked(byAddress);
      const marks = [byAddress, byAccount, byPair];
      const [onAddress, onAccount, onPair] = await reserve(marks);
      if (onAddress !== undefined) refuseOver(byAddress, onAddress);
      const strangersRefused = isOver(byAccount, onAccount) && !(await counters.isRemembered(byPair.key));
      const refused = isOver(byPair, onPair) || strangersRefused;
      const names = marks.map(nameOf);
      inFlight.enter(names);

      const record: Record<SignInOutcome, () => Promise<unknown>> = {
        failed: async () => undefined,
        undecided: () => takeBack(marks),
        succeeded: () =>
          Promise.all([
            takeBack([byAddress, byAccount]),
            counters.clear(byPair.rule, byPair.key),
            counters.remember(byPair.key),
          ]),
      };
      const settle = async (outcome: SignInOutcome): Promise<void> => {
        try {
          await record[outcome]();
        } finally {
          inFlight.leave(names); // afterwards, so that whoever waits sees the count as it is now
        }
      };
      return { refused, settle };
    },
    refuseBlockedClient: (clientId, address) => {
      refuseBlocked({ rule: 'clientAndAddress', key: keyOf(clientId, networkOf(address)) });
    },
    clientFailed: async (clientId, address) => {
      const mark: Mark = { rule: 'clientAndAddress', key: keyOf(clientId, networkOf(address)) };
      refuseOver(mark, await counters.add(mark.rule, mark.key));
    },
  };
};

const nobodyFails: SignInAttempt = { refused: false, settle: async () => undefined };

/** For hosts that throttle in another place. */
export const noThrottle: Throttle = {
  beginSignIn: async () => nobodyFails,
  refuseBlockedClient: () => undefined,
  clientFailed: async () => undefined,
};
