import { hash } from 'node:crypto';
import { randomText } from '../../protocol/secrets';

// The epoch of a principal is a string of two values, each with a flag: `0` if it was created for the first token, `1`
// if it replaced another. The first value ends everything when it changes, the second only access tokens.
const VALUE_LENGTH = 9;
const EPOCH_LENGTH = 2 * VALUE_LENGTH;
const REPLACED = '1';

/** Number of random bytes from which a script makes an epoch: 48 bits for each of its two values. */
const RANDOM_BYTES = 12;

const STAMP_LENGTH = 8;

/**
 * Kinds of tokens: a change of the first value of an epoch ends refresh tokens and codes, one of either value access
 * tokens.
 */
export type TokenKind = 'access' | 'refresh' | 'code';

/** Returns the random part of an epoch, for the scripts that create or replace one. */
export const newEpoch = (): string => randomText(RANDOM_BYTES);

const partOf = (epoch: string, kind: TokenKind): string => (kind === 'access' ? epoch : epoch.slice(0, VALUE_LENGTH));

/**
 * Returns the stamp of a token that is issued under these epochs: 48 bits, which are shorter than the epochs. The scripts
 * that save tokens compute the same.
 */
export const stampOf = (epochs: readonly string[], kind: TokenKind): string =>
  hash('sha1', epochs.map((epoch) => partOf(epoch, kind)).join(''), 'base64url').slice(0, STAMP_LENGTH);

/**
 * Checks whether a token is still valid under the present epochs of its principals; an absent epoch is an empty string.
 * @param stamp `undefined` for a token of the first version, which was stored without one: valid until an epoch of its
 *   principals is replaced
 */
export const isUnder = (epochs: readonly string[], stamp: string | undefined, kind: TokenKind): boolean => {
  if (stamp === undefined) return !epochs.some((epoch) => isReplaced(epoch, kind));
  return epochs.every(({ length }) => length === EPOCH_LENGTH) && stampOf(epochs, kind) === stamp;
};

const isReplaced = (epoch: string, kind: TokenKind): boolean =>
  epoch.startsWith(REPLACED) || (kind === 'access' && epoch.startsWith(REPLACED, VALUE_LENGTH));
