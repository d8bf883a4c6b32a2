import type { EpochSeconds, Seconds } from './time';

/** A day in UTC: whole days since 1970-01-01. */
export type EpochDay = number;

export const SECONDS_PER_DAY: Seconds = 86_400;

/** Last day that a `Date` can hold (ECMA-262). */
const MAX_DAY: EpochDay = 100_000_000;

/** Returns the day of an instant. */
export const dayOf = (instant: EpochSeconds): EpochDay => Math.floor(instant / SECONDS_PER_DAY);

/** Formats a day as `2027-01-01`; `unknown` for a number that is no day, such as a foreign value of a store. */
export const printDay = (day: EpochDay): string =>
  Number.isInteger(day) && Math.abs(day) <= MAX_DAY
    ? new Date(day * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10)
    : 'unknown';
