import { StoreUnavailableError } from '../protocol/errors';
import { networkOf } from './address';
import { keyOf, type Blocks, type Mark } from './blocks';
import { InFlight } from './in-flight';
import type { Count, FailureCounters, Limits } from './failure-counters';

/** The outcome of a sign-in. `undecided`: the password could not be checked, so it is not a failure. */
export type SignInOutcome = 'succeeded' | 'failed' | 'undecided';

/** A sign-in that is counted as a failure in advance, so that concurrent guesses cannot outrun the count. */
export interface SignInAttempt {
  /** True if it is refused whatever the password is. The caller still spends equal time, to hide this. */
  readonly refused: boolean;
  /** Failures of this account from this network in the current window, including this attempt. */
  readonly failures: number;
  /** Must be called exactly once. Takes back what was counted in advance, unless the sign-in failed. */
  settle(outcome: SignInOutcome): Promise<void>;
}

/**
 * Slows down password guessing (RFC 6749 §4.3.2, RFC 6819 §4.4.3.6) without enabling an attacker to lock the owner out:
 * an account itself is never locked. Pairs of account and address are; and, if the account has too many failures over
 * all addresses, every address from which it has not signed in before.
 */
export interface SignInThrottle {
  /** @throws OAuthError `invalid_request` (429) if this process blocks the address for too many failed sign-ins. */
  refuseBlockedAddress(address: string): void;
  /** Counts a sign-in, before any password work. @throws OAuthError `invalid_request` (429) with `Retry-After` */
  beginSignIn(account: string, address: string): Promise<SignInAttempt>;
  /** Deletes the failures of an account from all addresses, so that it can be signed in to again immediately. */
  unlock(account: string): Promise<void>;
}

const nameOf = ({ rule, key }: Mark): string => `${rule}:${key}`;

const MAX_CLEARS_AT_A_TIME = 100; // a store limits the commands in flight

export const createSignInThrottle = (counters: FailureCounters, limits: Limits, blocks: Blocks): SignInThrottle => {
  const byNetwork = (network: string): Mark => ({ rule: 'address', key: keyOf(network), network });

  const pairs = new InFlight();
  const undecided = new Map<string, number>();

  /**
   * Subtracts the other attempts of this process that are counted in advance and have no outcome yet. Subtracts one
   * limit at most, so that a flood of concurrent guesses ends at twice the limit.
   */
  const decidedOnly = (mark: Mark, { failures, endsIn }: Count): Count => {
    const others = (undecided.get(nameOf(mark)) ?? 1) - 1;
    return { failures: failures - Math.min(others, limits[mark.rule].failures), endsIn };
  };

  const addUndecided = (marks: readonly Mark[], change: 1 | -1): void => {
    for (const name of marks.map(nameOf)) {
      const left = (undecided.get(name) ?? 0) + change;
      if (left > 0) undecided.set(name, left);
      else undecided.delete(name);
    }
  };

  const takeBack = async (marks: readonly Mark[]): Promise<void> => {
    await Promise.all(marks.map(({ rule, key }) => counters.takeBack(rule, key)));
  };

  /** Counts an attempt of a pair. If it is over the limit while others run, waits until one ends and counts again. */
  const reserve = async (pair: Mark): Promise<Count> => {
    for (;;) {
      const count = await counters.add(pair.rule, pair.key);
      if (!blocks.isOver(pair, count) || pairs.running(nameOf(pair)) === 0) return count;
      await takeBack([pair]);
      await pairs.whenOneEnds(nameOf(pair));
    }
  };

  /** Counts the attempts of a pair one at a time, in order of arrival. */
  const reserveInTurn = async (
    pair: Mark,
  ): Promise<{ readonly turn: 'runs' | 'refused'; readonly failures: number }> => {
    const name = nameOf(pair);
    await pairs.enter(name);
    let turn: 'runs' | 'refused' = 'refused';
    try {
      const count = await reserve(pair);
      turn = blocks.isOver(pair, count) ? 'refused' : 'runs';
      return { turn, failures: count.failures };
    } finally {
      pairs.passOn(name, turn);
    }
  };

  return {
    refuseBlockedAddress: (address) => blocks.refuseBlocked(byNetwork(networkOf(address))),
    beginSignIn: async (account, address) => {
      const network = networkOf(address);
      const byAddress = byNetwork(network);
      const byAccount: Mark = { rule: 'account', key: keyOf(account), network };
      const byPair: Mark = { rule: 'accountAndAddress', key: keyOf(account, network), network };
      const { turn, failures } = await reserveInTurn(byPair);
      // An attempt that is refused in any case must not count for the account: one address could lock out all others.
      const wide = turn === 'runs' ? [byAddress, byAccount] : [byAddress];
      addUndecided(wide, 1);
      const counted = turn === 'runs' ? [byPair] : [];
      const count = async (mark: Mark): Promise<Count> => {
        const counts = await counters.add(mark.rule, mark.key);
        counted.push(mark);
        return decidedOnly(mark, counts);
      };
      /** Checks that the account is within its limit over all addresses, or has signed in from this network before. */
      const isWithinCeiling = async (ofAccount: Count): Promise<boolean> =>
        !blocks.isOver(byAccount, ofAccount) || (await counters.hasSignedIn(byAccount.key, byPair.key));
      const decided = (): void => {
        addUndecided(wide, -1);
        if (turn === 'runs') pairs.end(nameOf(byPair));
      };

      const record: Record<SignInOutcome, () => Promise<unknown>> = {
        // Already counted. The link only serves `unlock`, so a failure to store it is ignored.
        failed: () => counters.link(byAccount.key, byPair.key).catch(() => undefined),
        undecided: () => takeBack([...wide, byPair]),
        succeeded: () =>
          Promise.all([
            takeBack(wide),
            counters.clear(byPair.rule, byPair.key),
            counters.recordSignIn(byAccount.key, byPair.key),
          ]),
      };

      try {
        // Sent in one tick, for a single round trip; both are awaited, so that every count can be taken back.
        const asked = [count(byAddress), turn === 'runs' ? count(byAccount) : Promise.resolve(undefined)] as const;
        await Promise.allSettled(asked);
        const [ofAddress, ofAccount] = await Promise.all(asked);
        // This attempt is refused in any case, too, so it must not count for the account.
        if (blocks.isOver(byAddress, ofAddress) && ofAccount !== undefined) await takeBack([byAccount]);
        blocks.refuseOver(byAddress, ofAddress);
        // Checked after counting, so that an attempt that has waited uses the counts of that later time.
        if (ofAccount !== undefined && (await isWithinCeiling(ofAccount))) {
          return {
            refused: false,
            failures,
            settle: (outcome) =>
              record[outcome]()
                .then(() => undefined)
                .finally(decided),
          };
        }
      } catch (error) {
        decided();
        // The sign-in has not failed, and a store that is occasionally slow must not lock users out.
        if (error instanceof StoreUnavailableError) takeBack(counted).catch(() => undefined);
        throw error;
      }
      decided();
      blocks.report(turn === 'runs' ? byAccount : byPair);
      return { refused: true, failures, settle: async () => undefined };
    },
    unlock: async (account) => {
      const key = keyOf(account);
      const pairKeys = await counters.linkedTo(key);
      await counters.clear('account', key);
      for (let start = 0; start < pairKeys.length; start += MAX_CLEARS_AT_A_TIME) {
        const slice = pairKeys.slice(start, start + MAX_CLEARS_AT_A_TIME);
        await Promise.all(slice.map((pairKey) => counters.clear('accountAndAddress', pairKey)));
      }
    },
  };
};
