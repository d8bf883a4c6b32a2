import { StoreUnavailableError } from '../protocol/errors';
import type { Blocks } from './blocks';
import type { Count, FailureCounters } from './failure-counters';
import type { Mark } from './mark';
import type { PairReservations, Reservation } from './pair-reservations';
import type { SignInAttempt, SignInOutcome } from './sign-in-attempt';
import type { SignInMarks } from './sign-in-marks';
import type { UndecidedAttempts } from './undecided-attempts';

export interface CountingServices {
  readonly counters: FailureCounters;
  readonly blocks: Blocks;
  readonly pairs: PairReservations;
  readonly undecided: UndecidedAttempts;
}

/** A sign-in whose pair has been counted, and what has to be taken back when it ends. */
export class CountedSignIn implements SignInAttempt {
  readonly refused = false;
  readonly failures: number;
  readonly #services: CountingServices;
  readonly #marks: SignInMarks;
  readonly #runs: boolean;
  /** The marks besides the pair that this attempt counts for. */
  readonly #otherMarks: readonly Mark[];
  /** The marks that the store has counted so far. */
  readonly #counted: Mark[];

  constructor(services: CountingServices, marks: SignInMarks, { outcome, failures }: Reservation) {
    this.#services = services;
    this.#marks = marks;
    this.failures = failures;
    this.#runs = outcome === 'runs';
    // An attempt that is refused in any case must not count for the account: one address could lock out all others.
    this.#otherMarks = this.#runs ? [marks.address, marks.account] : [marks.address];
    this.#counted = this.#runs ? [marks.pair] : [];
  }

  /**
   * Counts the attempt for its address and its account.
   * @returns true if the password may be checked; the caller then has to call `settle`
   * @throws OAuthError `invalid_request` (429) if the address is over its limit
   */
  async count(): Promise<boolean> {
    this.#services.undecided.begin(this.#otherMarks);
    try {
      const isWithin = await this.#isWithinLimits();
      if (!isWithin) this.#end();
      return isWithin;
    } catch (error) {
      this.#end();
      // The sign-in has not failed, and a store that is occasionally slow must not lock users out.
      if (error instanceof StoreUnavailableError) this.#takeBack(this.#counted).catch(() => undefined);
      throw error;
    }
  }

  async settle(outcome: SignInOutcome): Promise<void> {
    try {
      await this.#record(outcome);
    } finally {
      this.#end();
    }
  }

  async #isWithinLimits(): Promise<boolean> {
    const { address, account, pair } = this.#marks;
    const { blocks, counters } = this.#services;
    // Sent in one tick, for a single round trip; both are awaited, so that every count can be taken back.
    const counting = [this.#add(address), this.#runs ? this.#add(account) : Promise.resolve(undefined)] as const;
    await Promise.allSettled(counting);
    const [ofAddress, ofAccount] = await Promise.all(counting);
    // This attempt is refused in any case, too, so it must not count for the account.
    if (blocks.isOver(address, ofAddress) && ofAccount !== undefined) await this.#takeBack([account]);
    blocks.refuseOver(address, ofAddress);
    // Checked after counting, so that an attempt that has waited uses the counts of that later time.
    if (ofAccount === undefined) return false;
    // An account over its limit can still be signed in to from the networks that it was signed in to from before.
    return !blocks.isOver(account, ofAccount) || counters.hasSignedIn(account.key, pair.key);
  }

  async #add(mark: Mark): Promise<Count> {
    const count = await this.#services.counters.add(mark.rule, mark.key);
    this.#counted.push(mark);
    return this.#services.undecided.decidedOnly(mark, count);
  }

  async #takeBack(marks: readonly Mark[]): Promise<void> {
    await Promise.all(marks.map(({ rule, key }) => this.#services.counters.takeBack(rule, key)));
  }

  async #record(outcome: SignInOutcome): Promise<void> {
    const { pair, account } = this.#marks;
    const { counters } = this.#services;
    if (outcome === 'undecided') return this.#takeBack([...this.#otherMarks, pair]);
    if (outcome === 'failed') {
      // Already counted. The link only serves `unlock`, so a failure to store it is ignored.
      return counters.link(account.key, pair.key).catch(() => undefined);
    }
    await Promise.all([
      this.#takeBack(this.#otherMarks),
      counters.clear(pair.rule, pair.key),
      counters.recordSignIn(account.key, pair.key),
    ]);
  }

  /** Ends the attempt in this process: its outcome is known, or it has none. */
  #end(): void {
    this.#services.undecided.end(this.#otherMarks);
    if (this.#runs) this.#services.pairs.end(this.#marks.pair);
  }
}
