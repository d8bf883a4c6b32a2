import type { GuardServices } from '../../../src/guard/guard';

/** The counter of a guard without plans and limits, which never counts. */
export const uncounted: GuardServices['counter'] = {
  count: () => 'uncounted',
  countPublic: () => {
    throw new Error('no public resource has a limit');
  },
};
