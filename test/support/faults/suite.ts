import { FORM } from './form';
import { keepRow } from './report';
import { runFault } from './run';
import type { FaultCase, Topology } from './topology';

/** Stops a run that hangs; asserts nothing. */
const TIMEOUT_MS = 120_000;

/** Defines a test for each of these faults that the form of this run has. */
export const describeFaults = <T extends Topology>(cases: readonly FaultCase<T>[]): void => {
  const chosen = cases.filter(({ isInShortForm = false }) => FORM.name === 'full' || isInShortForm);
  if (chosen.length === 0) return;
  it.each(chosen)(
    'keeps its promises while $title',
    async (faultCase) => {
      const row = await runFault(faultCase, FORM);
      keepRow(row);
      expect(row.violations).toEqual([]);
    },
    TIMEOUT_MS,
  );
};
