import type { Emit } from '../events/emitter';
import type { LimitEvent } from '../events/gate-events';
import { DirectoryError } from '../protocol/errors';

/** Makes a call, and emits an event if a limit refuses it. */
export const emittingLimit = async <T>(
  emit: Emit,
  reached: Omit<LimitEvent, 'type'>,
  act: () => Promise<T>,
): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    if (error instanceof DirectoryError && error.code === 'ERR_SCOPEGATE_LIMIT') emit({ type: 'limit', ...reached });
    throw error;
  }
};
