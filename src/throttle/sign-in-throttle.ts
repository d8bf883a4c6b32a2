import { StoreUnavailableError } from '../protocol/errors';
import { networkOf } from './address';
import { keyOf, type Blocks, type Mark } from './blocks';
import { InFlight } from './in-flight';
import type { Count, FailureCounters, Limits } from './failure-counters';

/** The outcome of a sign-in. `undecided`: the password could not be checked, so it is not a failure. */
export type SignInOutcome = 'succeeded' | 'failed' | 'undecided';

/** A sign-in that has been counted as a failure in advance, so that parallel guesses cannot overtake the count. */
export interface SignInAttempt {
  /** True if it is refused whatever the password is. The work is done all the same, so that nobody can tell. */
  readonly refused: boolean;
  /** Failures of this account from this network in the present window, this attempt included. */
  readonly failures: number;
  /** To be called once. What was counted in advance is taken back unless it failed. */
  settle(outcome: SignInOutcome): Promise<void>;
}

/**
 * Makes guessing slow (RFC 6749 §4.3.2, RFC 6819 §4.4.3.6) without giving anyone a lever to lock an owner out: an
 * account is never locked, only pairs of account and address are, and, over all addresses, those from which the account
 * never signed in before.
 */
export interface SignInThrottle {
  /** @throws OAuthError `invalid_request` (429) where too many sign-ins from this address have failed, as far as is known here. */
  refuseBlockedAddress(address: string): void;
  /** @throws OAuthError `invalid_request` (429) with `Retry-After`, before any password work. */
  beginSignIn(account: string, address: string): Promise<SignInAttempt>;
  /** Forgets the failures of an account, from wherever they came: it may be tried again at once. */
  unlock(account: string): Promise<void>;
}

const nameOf = ({ rule, key }: Mark): string => `${rule}:${key}`;

const MAX_CLEARS_AT_A_TIME = 100; // a store refuses more than it can take at a time

export const createSignInThrottle = (counters: FailureCounters, limits: Limits, blocks: Blocks): SignInThrottle => {
  const byNetwork = (network: string): Mark => ({ rule: 'address', key: keyOf(network), network });

  const pairs = new InFlight();
  const undecided = new Map<string, number>();

  /**
   * The failures of a count, less the attempts of this process that are counted in advance and not decided yet. At most
   * a whole limit is left out, so that a flood of guesses in parallel ends at twice the limit.
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

  /** Counts an attempt of a pair; waits while the pair is over its limit only by attempts that still run. */
  const reserve = async (pair: Mark): Promise<Count> => {
    for (;;) {
      const count = await counters.add(pair.rule, pair.key);
      if (!blocks.isOver(pair, count) || pairs.running(nameOf(pair)) === 0) return count;
      await takeBack([pair]);
      await pairs.whenOneEnds(nameOf(pair));
    }
  };

  /** Lets one attempt of a pair after the other through to be counted. */
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
      // A guess that nobody looks at must not use up the account's ceiling: one address could close it to all others.
      const wide = turn === 'runs' ? [byAddress, byAccount] : [byAddress];
      addUndecided(wide, 1);
      const counted = turn === 'runs' ? [byPair] : [];
      const count = async (mark: Mark): Promise<Count> => {
        const counts = await counters.add(mark.rule, mark.key);
        counted.push(mark);
        return decidedOnly(mark, counts);
      };
      /** Checks whether the account may still be tried from everywhere, or else from this address, where it was before. */
      const isWithinCeiling = async (ofAccount: Count): Promise<boolean> =>
        !blocks.isOver(byAccount, ofAccount) || (await counters.isRemembered(byAccount.key, byPair.key));
      const decided = (): void => {
        addUndecided(wide, -1);
        if (turn === 'runs') pairs.end(nameOf(byPair));
      };

      const record: Record<SignInOutcome, () => Promise<unknown>> = {
        // It has been counted already; what it is linked for is a convenience.
        failed: () => counters.link(byAccount.key, byPair.key).catch(() => undefined),
        undecided: () => takeBack([...wide, byPair]),
        succeeded: () =>
          Promise.all([
            takeBack(wide),
            counters.clear(byPair.rule, byPair.key),
            counters.remember(byAccount.key, byPair.key),
          ]),
      };

      try {
        // In one tick, so that one round trip does for both; none is left under way, so that all can be taken back.
        const asked = [count(byAddress), turn === 'runs' ? count(byAccount) : Promise.resolve(undefined)] as const;
        await Promise.allSettled(asked);
        const [ofAddress, ofAccount] = await Promise.all(asked);
        // Nobody looks at this guess either.
        if (blocks.isOver(byAddress, ofAddress) && ofAccount !== undefined) await takeBack([byAccount]);
        blocks.refuseOver(byAddress, ofAddress);
        // Count first, so that an attempt that waits reads the counts as they are then.
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
        // Nobody has failed, and a store that is slow now and then must not lock anyone out.
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
