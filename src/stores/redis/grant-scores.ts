import { hash } from 'node:crypto';
import type { Milliseconds } from '../../protocol/time';

// The index of a user's grants is ordered by client and then by expiry, so that the grants of one client are counted, and
// the first of them found, without reading the others: a score is the tag of the client, times `SCORE_UNIT`, plus the
// expiry. In the index of a client, and in members of earlier releases, the tag is 0.

/** Larger than every expiry until the year 2109. With 10 bits for the tag, a score is an exact double. */
export const SCORE_UNIT = 2 ** 42;

export const TAGS = 2 ** 10;

/**
 * Returns the part of a score that stands for a client: from `SCORE_UNIT`, in steps of it. Two clients of a user may have
 * the same one, so what it finds has to be compared with the records of the grants.
 */
export const scoreBaseOf = (clientId: string): number =>
  (1 + (hash('sha1', clientId, 'buffer').readUInt16BE() % (TAGS - 1))) * SCORE_UNIT;

/** Returns the expiry in a score of any index. */
export const expiryIn = (score: number): Milliseconds => score % SCORE_UNIT;
