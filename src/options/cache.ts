import type { Seconds } from '../protocol/time';
import type { Checks } from './checks';

/** The size of the cache, and the maximum age of its entries. */
export interface CacheSettings {
  readonly maxEntries: number;
  readonly maxAge: Seconds;
}

/** Reads the option `cache`; `false` turns caching off. */
export const checkCache = (checks: Checks, value: unknown): CacheSettings | false => {
  if (value === false) return false;
  const fields = checks.fields(value, ['cache'], ['maxEntries', 'maxAge']) ?? {};
  return Object.freeze({
    maxEntries: checks.integer(fields['maxEntries'], ['cache', 'maxEntries'], 1, 1_000_000, 'entries') ?? 10_000,
    maxAge: checks.integer(fields['maxAge'], ['cache', 'maxAge'], 1, 60, 'seconds') ?? 5,
  });
};
