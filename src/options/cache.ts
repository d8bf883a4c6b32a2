import type { CacheSettings } from '../stores/near-cache';
import type { Checks } from './checks';

/** Reads the option `cache`; `false` turns caching off. */
export const checkCache = (checks: Checks, value: unknown): CacheSettings | false => {
  if (value === false) return false;
  const fields = checks.fields(value, ['cache'], ['maxEntries', 'maxAge']) ?? {};
  return Object.freeze({
    maxEntries: checks.integer(fields['maxEntries'], ['cache', 'maxEntries'], 1, 1_000_000, 'entries') ?? 10_000,
    maxAge: checks.integer(fields['maxAge'], ['cache', 'maxAge'], 1, 60, 'seconds') ?? 5,
  });
};
