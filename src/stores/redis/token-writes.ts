import { millisecondsUntil, type EpochSeconds, type Milliseconds } from '../../protocol/time';
import type { AccessTokenRecord, RefreshTokenRecord } from '../../tokens/records';
import { newEpoch } from './epochs';
import { scoreBaseOf } from './grant-scores';
import { toMilliseconds } from './instants';
import type { Keys } from './keys';
import { encodeAccess, encodeRefresh } from './records';
import { epochKeysOf } from './stored-names';
import type { Indexing } from './token-index';

/** The tokens that a script writes. */
export interface Written {
  readonly access: AccessTokenRecord;
  readonly refresh: RefreshTokenRecord | undefined;
}

/** Keys and arguments of a script. */
export type WriteArgs = readonly [keys: readonly string[], args: readonly (string | number)[]];

/** The parts from which a single server and a Cluster get the arguments of a script that writes tokens. */
export interface WriteParts {
  /** Of the access token and the refresh token. */
  readonly keys: readonly string[];
  /** The index of the client, and that of the user, if there is one. */
  readonly indexing: readonly [Indexing, ...Indexing[]];
  /** Base of the client's scores in the index of the user. */
  readonly base: number;
  readonly tokens: readonly (string | number)[];
  /** Keys of the epochs. */
  readonly epochs: readonly string[];
  readonly lifetime: Milliseconds;
}

export const partsOf = (keys: Keys, { access, refresh }: Written, now: EpochSeconds): WriteParts => {
  const { grantId, clientId, subject } = access;
  const expiresAt = Math.max(access.expiresAt, refresh?.expiresAt ?? 0);
  const member = { grantId, expiresAt: toMilliseconds(expiresAt), now: toMilliseconds(now) };
  const base = subject === undefined ? 0 : scoreBaseOf(clientId);
  const ofClient: Indexing = { ...member, index: keys.grantsOf({ clientId }), base: 0 };
  return {
    keys: [keys.access(grantId), keys.refresh(grantId)],
    indexing: subject === undefined ? [ofClient] : [ofClient, { ...member, index: keys.grantsOf({ subject }), base }],
    base,
    tokens: [
      encodeAccess(access),
      millisecondsUntil(access.expiresAt, now),
      refresh === undefined ? '' : encodeRefresh(refresh),
      refresh === undefined ? 0 : millisecondsUntil(refresh.expiresAt, now),
    ],
    epochs: epochKeysOf(keys, access),
    lifetime: millisecondsUntil(expiresAt, now),
  };
};

/** Returns the keys and arguments of a script on a single server, which writes the indexes and the epochs as well. */
export const writeArgs = ({ keys, indexing, tokens, epochs, lifetime, base }: WriteParts): WriteArgs => {
  const [{ grantId, expiresAt, now }] = indexing;
  const indexes = indexing.map(({ index }) => index);
  const args = [grantId, expiresAt, now, ...tokens, indexes.length, '', '', newEpoch(), lifetime, base];
  return [[...keys, ...indexes, ...epochs], args];
};

/** Returns a limit as an argument of a script: empty for any number. */
export const toMaximum = (limit: number): number | '' => (limit === Infinity ? '' : limit);
