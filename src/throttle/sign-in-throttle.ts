import type { Milliseconds } from '../protocol/time';
import type { Blocks } from './blocks';
import { CountedSignIn } from './counted-sign-in';
import type { FailureCounters, Limits } from './failure-counters';
import { keyOf, markOfNetwork } from './mark';
import { PairReservations } from './pair-reservations';
import { ALWAYS_ROOM, type Place } from './place';
import { uncountedAttempt, type SignInAttempt } from './sign-in-attempt';
import { signInMarks } from './sign-in-marks';
import { UndecidedAttempts } from './undecided-attempts';

/**
 * Slows down password guessing (RFC 6749 §4.3.2, RFC 6819 §4.4.3.6) without enabling an attacker to lock the owner out:
 * an account itself is never locked. Pairs of account and address are; and, if the account has too many failures over
 * all addresses, every address from which it has not signed in before.
 */
export interface SignInThrottle {
  /** @throws OAuthError `invalid_request` (429) if this process blocks the address for too many failed sign-ins. */
  refuseBlockedAddress(address: string): void;
  /**
   * Counts a sign-in, before any password work.
   * @param place is taken when the sign-in has waited for its turn, and before it is counted. @default one that is free
   * @throws OAuthError `invalid_request` (429) with `Retry-After`; `temporarily_unavailable` if there is no place
   */
  beginSignIn(account: string, address: string, place?: Place): Promise<SignInAttempt>;
  /** Counts a wrong code of a link for its address. @throws OAuthError `invalid_request` (429) above the limit */
  countWrongCode(address: string): Promise<void>;
  /**
   * Returns how long sign-ins to an account stay refused: from all new networks, or from one of its networks; `undefined`
   * if none is refused. Counts nothing.
   */
  findLock(account: string): Promise<Milliseconds | undefined>;
  /** Deletes the failures of an account from all addresses, so that it can be signed in to again immediately. */
  unlock(account: string): Promise<void>;
}

const MAX_CLEARS_AT_A_TIME = 100; // a store limits the commands in flight

const unlock = async (counters: FailureCounters, account: string): Promise<void> => {
  const key = keyOf(account);
  const pairKeys = await counters.linkedTo(key);
  await counters.clear('account', key);
  for (let start = 0; start < pairKeys.length; start += MAX_CLEARS_AT_A_TIME) {
    const slice = pairKeys.slice(start, start + MAX_CLEARS_AT_A_TIME);
    await Promise.all(slice.map((pairKey) => counters.clear('accountAndAddress', pairKey)));
  }
};

/** Counters of networks that `findLock` reads: the newest, because a page reads the locks of many accounts. */
const MAX_PAIRS_READ = 50;

const findLock = async (
  counters: FailureCounters,
  limits: Limits,
  account: string,
): Promise<Milliseconds | undefined> => {
  const key = keyOf(account);
  const lockOf = async (rule: 'account' | 'accountAndAddress', counter: string): Promise<Milliseconds> => {
    const count = await counters.find(rule, counter);
    // At the limit the next attempt is refused.
    return count !== undefined && count.failures >= limits[rule].failures ? count.endsIn : 0;
  };
  // Both in this tick, to share a round trip.
  const [ofAccount, pairKeys] = await Promise.all([lockOf('account', key), counters.linkedTo(key)]);
  const pairs = pairKeys.slice(0, MAX_PAIRS_READ).map((pairKey) => lockOf('accountAndAddress', pairKey));
  const longest = Math.max(ofAccount, ...(await Promise.all(pairs)));
  return longest > 0 ? longest : undefined;
};

export const createSignInThrottle = (counters: FailureCounters, limits: Limits, blocks: Blocks): SignInThrottle => {
  const pairs = new PairReservations(counters, blocks);
  const services = { counters, blocks, pairs, undecided: new UndecidedAttempts(limits) };

  return {
    refuseBlockedAddress: (address) => blocks.refuseBlocked(markOfNetwork('address', address)),
    beginSignIn: async (account, address, place = ALWAYS_ROOM) => {
      const marks = signInMarks(account, address);
      const reservation = await pairs.reserve(marks.pair, place);
      const attempt = new CountedSignIn(services, marks, reservation);
      if (await attempt.count()) return attempt;
      blocks.report(reservation.outcome === 'runs' ? marks.account : marks.pair);
      return uncountedAttempt({ refused: true, failures: reservation.failures });
    },
    countWrongCode: async (address) => {
      const mark = markOfNetwork('address', address);
      blocks.refuseOver(mark, await counters.add(mark.rule, mark.key));
    },
    findLock: (account) => findLock(counters, limits, account),
    unlock: (account) => unlock(counters, account),
  };
};
