import { DirectoryError } from 'scopegate';
import type { InProcessGate } from '../../support/gate/in-process-gate';
import { printScopes } from './names';
import type { GateName } from './operation';
import type { PairOfGates } from './pair-of-gates';

/** What a gate answers, as far as the model decides it: `done`, `refused`, or `accepted` with scopes. */
export type Verdict = string;

/** One request or call, and the verdict of the model. */
export interface Check {
  readonly what: string;
  readonly expected: Verdict;
  readonly observe: (gate: InProcessGate) => Promise<Verdict>;
}

/** An operation that the model has decided, as one or more checks at a gate, or a restart of gates. */
export type Step =
  | {
      readonly at: GateName;
      readonly what: string;
      readonly checks: readonly Check[];
      /** False if it changes nothing that another gate could have cached. */
      readonly changes: boolean;
    }
  | { readonly what: string; readonly restart: (gates: PairOfGates) => Promise<void> };

/** An operation with one check, which may change something. */
export const single = (at: GateName, what: string, expected: Verdict, observe: Check['observe']): Step => ({
  at,
  what,
  checks: [{ what, expected, observe }],
  changes: true,
});

export const accepted = (scopes: readonly string[]): Verdict => `accepted with ${printScopes(scopes)}`;

/** Checks whether a gate has served a request; any other verdict but `refused` is a failure. */
export const isServed = (verdict: Verdict): boolean => verdict === 'done' || verdict.startsWith('accepted ');

/** The verdict of a management call: an error of the directory is a refusal, and any other error fails the test. */
export const verdictOf = async (call: Promise<Verdict | void>): Promise<Verdict> => {
  try {
    return (await call) ?? 'done';
  } catch (thrown) {
    if (thrown instanceof DirectoryError) return 'refused';
    throw thrown;
  }
};
