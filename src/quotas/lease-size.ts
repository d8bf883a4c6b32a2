import type { Milliseconds } from '../protocol/time';
import type { Allowance } from './allowance';
import { HELD_PART } from './counter';

/** The part of an allowance that one gate leases for later at most: a tenth, at least one request. */
const LEASED_PART = 10;

/** A lease that was used within this time was too small: the next one is twice as large. */
const TOO_SHORT: Milliseconds = 1_000;

/** A lease that lasted longer was too large: the next one is half as large. */
const TOO_LONG: Milliseconds = 4_000;

/** Returns the maximum number of requests that one gate leases for later. */
export const maxLease = ({ requests, burst = Infinity }: Allowance): number =>
  Math.max(1, Math.min(Math.floor(requests / LEASED_PART), Math.floor(burst / HELD_PART)));

/** A lease that a gate has used, or that has ended. */
export interface UsedLease {
  readonly size: number;
  /** Requests that were not used when it ended. */
  readonly unused: number;
  readonly lasted: Milliseconds;
}

/** Returns the size of the lease after this one: it grows while all of a lease is used quickly. */
export const nextSize = ({ size, unused, lasted }: UsedLease): number => {
  if (unused > 0 || lasted > TOO_LONG) return Math.max(1, Math.floor(size / 2));
  return lasted < TOO_SHORT ? size * 2 : size;
};
