import { StoreUnavailableError } from '../protocol/errors';

/**
 * Makes a change and then ends the grants and sessions that it affects. A store that could not write or announce the
 * change, because it is too full, can still end them; so they are ended in that case as well, and the failure is thrown
 * afterwards.
 * @param end receives what was changed, or `undefined` if that is unknown
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
