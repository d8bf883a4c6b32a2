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
    unlock: (account) => unlock(counters, account),
  };
};
