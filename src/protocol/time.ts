/** A duration in seconds. */
export type Seconds = number;

/** A duration in milliseconds. */
export type Milliseconds = number;

/** An instant: seconds since 1970-01-01T00:00:00Z. Fractions down to the millisecond are kept. */
export type EpochSeconds = number;

/** Returns the current instant. All code that depends on time takes a clock, so that no test has to sleep. */
export type Clock = () => EpochSeconds;

/** Upper bound of plausible instants: a larger number is taken for milliseconds. */
export const YEAR_3000: EpochSeconds = 32_503_680_000;

/** Checks whether a stored value is a plausible instant. */
export const isInstant = (value: unknown): value is EpochSeconds =>
  typeof value === 'number' && value >= 0 && value < YEAR_3000;

export const systemClock: Clock = () => Date.now() / 1000;

/** Returns the milliseconds since an arbitrary instant. Unlike `Clock`, it never jumps when the time of day is set. */
export type MonotonicClock = () => Milliseconds;

export const monotonicClock: MonotonicClock = () => performance.now();

/** Returns the milliseconds from `now` until `instant`, rounded; zero or negative if it has passed. */
export const millisecondsUntil = (instant: EpochSeconds, now: EpochSeconds): Milliseconds =>
  Math.round((instant - now) * 1000);
