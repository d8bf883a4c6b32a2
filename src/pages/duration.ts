import type { Seconds } from '../protocol/time';

const UNITS: readonly (readonly [seconds: number, noun: string])[] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** Formats a number with its noun: `1 token`, `7 tokens`, `1,000 tokens`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;

/** Formats a time span in the largest unit that divides it: `1 hour`, `90 seconds`. */
export const durationOf = (seconds: Seconds): string => {
  const [unit, noun] = UNITS.find(([size]) => seconds >= size && seconds % size === 0) ?? [1, 'second'];
  return counted(seconds / unit, noun);
};
