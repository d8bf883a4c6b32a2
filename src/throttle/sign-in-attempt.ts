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

/** An attempt that is refused, or not counted, so that its outcome changes nothing. */
export const uncountedAttempt = (attempt: Omit<SignInAttempt, 'settle'>): SignInAttempt => ({
  ...attempt,
  settle: async () => undefined,
});
