import type { GuardServices } from '../../../src/guard/guard';

/** The usage of a gate that counts none. */
export const unfollowed: GuardServices['usage'] = { follow: () => undefined, refuse: () => undefined };

/** The counter of a guard without plans and limits, which never counts. */
export const uncounted: GuardServices['counter'] = {
  count: () => 'uncounted',
  countPublic: () => {
    throw new Error('no public resource has a limit');
  },
};
