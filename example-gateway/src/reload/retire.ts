import type { Logger } from 'pino';
import type { Serving } from '../serving';

/** Closes a serving when its requests have finished, or after `deadline` milliseconds. Logs what goes wrong. */
export const retire = async (former: Serving, deadline: number, logger: Logger): Promise<void> => {
  try {
    const requests = await former.close(deadline);
    if (requests === 0) return;
    logger.warn(
      { requests, deadline },
      'Requests that began before the reload did not finish in time and were cut off',
    );
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error;
    logger.error({ error: name }, 'The previous configuration could not be closed after the reload');
  }
};
