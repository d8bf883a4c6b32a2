import type { Logger } from '../events/logger';
import { systemClock, YEAR_3000, type Clock } from '../protocol/time';
import type { Checks, Path } from './checks';

const isInstant = (result: unknown): result is number =>
  typeof result === 'number' && result >= 0 && result < YEAR_3000;

const callClock = (clock: () => unknown): unknown => {
  try {
    return clock();
  } catch {
    return undefined;
  }
};

/** Reads the option `clock`, and checks it by calling it once. */
export const readClock = (checks: Checks, value: unknown, path: Path): Clock => {
  if (value === undefined) return systemClock;
  if (typeof value !== 'function')
    return checks.fault(path, 'must be a function that returns epoch seconds') ?? systemClock;
  if (isInstant(callClock(value as () => unknown))) return value as Clock;
  return checks.fault(path, 'must return epoch seconds, not milliseconds: () => Date.now() / 1000') ?? systemClock;
};

/**
 * Makes a clock for requests. It throws what the given clock throws, and also for a result that is not an instant: a
 * comparison with such a result would keep expired tokens alive.
 */
export const strictClock = (clock: Clock): Clock => {
  if (clock === systemClock) return clock;
  return () => {
    const now: unknown = clock();
    if (isInstant(now)) return now;
    throw new TypeError('the option clock did not return epoch seconds');
  };
};

/** Makes a clock for timers and listeners, in which an error would end the process. Falls back to the system clock. */
export const tolerantClock = (clock: Clock, logger: Logger): Clock => {
  if (clock === systemClock) return clock;
  return () => {
    const now = callClock(clock);
    if (isInstant(now)) return now;
    logger.warn({}, 'The option clock did not return epoch seconds: the system clock is used');
    return systemClock();
  };
};
