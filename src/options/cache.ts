import type { CacheSettings } from '../stores/near-cache';
import type { Checks, Path } from './checks';
import { readGroup } from './field-reader';
import type { CacheOptions } from './options';
import { seconds, wholeNumber, type Row } from './row';

/** Rows of `cache`. */
export const CACHE_ROWS = {
  maxEntries: wholeNumber('entries', {
    min: 1,
    max: 1_000_000,
    default: 10_000,
    doc: 'Maximum number of entries.',
  }),
  maxAge: seconds({
    min: 1,
    max: 60,
    default: 5,
    doc: 'Maximum age of an entry: external deletions in the store take effect within it.',
  }),
} satisfies Record<keyof CacheOptions, Row>;

/** Reads the option `cache`; `false` turns caching off. */
export const readCache = (checks: Checks, value: unknown, path: Path): CacheSettings | false =>
  value === false ? false : readGroup(checks, CACHE_ROWS, value, path);
