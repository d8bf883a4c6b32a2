import { StoreUnavailableError } from '../protocol/errors';

/**
 * Makes a change and then ends what it is to end. A store that could not write or announce the change, because it is too full
 * for one, can still end things; so they end then as well, and the failure is thrown afterwards.
 * @param end is given what was changed, or nothing where that is not known.
 */
export const changeAndEnd = async <T>(
  change: () => Promise<T>,
  end: (changed: T | undefined) => Promise<void>,
): Promise<T> => {
  let changed: T;
  try {
    changed = await change();
  } catch (error) {
    if (error instanceof StoreUnavailableError) await end(undefined);
    throw error;
  }
  await end(changed);
  return changed;
};
