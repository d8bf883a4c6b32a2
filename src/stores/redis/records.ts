import { isDigest, type Digest, type GrantId } from '../../protocol/secrets';
import type { AccessTokenRecord, RefreshTokenRecord, SpentToken } from '../../tokens/records';
import { decodeMilliseconds, encodeMilliseconds, joinFields, splitFields } from './fields';
import { encodeGrantLine, readGrantLine, type LineShape } from './grant-lines';
import { toMilliseconds, toSeconds } from './instants';
import { decodeTexts, encodeTexts } from './texts';

// There is one of these for each live token, so the format is compact: lines of unnamed fields separated by tabs, with
// instants in base 36. It takes half the bytes of JSON.

/** A record with the stamp of the epochs that it was stored under; `undefined` for one of the first version. */
export interface Stamped<R> {
  readonly record: R;
  readonly stamp: string | undefined;
}

// Scopes and API names never contain a space.
const wordsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(' '));

const ACCESS_LINE: LineShape = { before: 0, after: 5 };

// Of the digest of an access token, 132 bits are stored. They are compared with one token only, whose grant id selects
// the record.
const STORED_DIGEST = /^[A-Za-z0-9_-]{22}$/;
const STORED_DIGEST_LENGTH = 22;

/** @param stamp `undefined` for a line of the first version, which has the whole digest */
const isStoredDigest = (text: string, stamp: string | undefined): text is Digest =>
  stamp === undefined ? isDigest(text) : STORED_DIGEST.test(text);

/**
 * Encodes the fields of the grant, digest, issued at, milliseconds to live, scopes, subscriptions, audience. The script
 * adds the stamp.
 */
export const encodeAccess = (record: AccessTokenRecord): string => {
  const issuedAt = toMilliseconds(record.issuedAt);
  const after = [
    record.digest.slice(0, STORED_DIGEST_LENGTH),
    encodeMilliseconds(issuedAt),
    encodeMilliseconds(toMilliseconds(record.expiresAt) - issuedAt),
    record.scopes.join(' '),
    record.subscriptions.join(' '),
  ];
  return encodeGrantLine(record, { before: [], after, resources: record.audience ?? '' });
};

/**
 * Reads one access token; `undefined` for anything that `encodeAccess` and a script did not write.
 * @param digest of the token that is read: the digest of the record, if it is that token; otherwise the record has the
 *   part that is stored
 */
export const decodeAccess = (
  grantId: GrantId,
  line: string,
  digest?: Digest,
): Stamped<AccessTokenRecord> | undefined => {
  const read = readGrantLine(grantId, line, ACCESS_LINE);
  const [stored = '', issued = '', life = '', scopes = '', subscriptions = ''] = read?.after ?? [];
  const issuedAt = decodeMilliseconds(issued);
  const expiresAt = issuedAt + decodeMilliseconds(life);
  if (read === undefined || !isStoredDigest(stored, read.stamp) || Number.isNaN(expiresAt)) return undefined;
  const { clientId, subject, organization, consent, environment } = read.grant;
  const record: AccessTokenRecord = {
    grantId,
    clientId,
    subject,
    organization,
    consent,
    environment,
    digest: digest?.startsWith(stored) === true ? digest : stored,
    scopes: wordsOf(scopes),
    subscriptions: wordsOf(subscriptions),
    audience: read.resources || undefined,
    issuedAt: toSeconds(issuedAt),
    expiresAt: toSeconds(expiresAt),
  };
  return { record, stamp: read.stamp };
};

/** Reads the line of the previous token: the end of its grace window in epoch milliseconds, a space, its record. */
export const decodePrevious = (
  grantId: GrantId,
  line: string,
  digest?: Digest,
): Stamped<AccessTokenRecord> | undefined => {
  const space = line.indexOf(' ');
  const previous = decodeAccess(grantId, line.slice(space + 1), digest);
  const until = Number(line.slice(0, space));
  if (previous === undefined || !(until > 0)) return undefined;
  const { record, stamp } = previous;
  return { record: { ...record, expiresAt: Math.min(record.expiresAt, toSeconds(until)) }, stamp };
};

const REFRESH_LINE: LineShape = { before: 2, after: 3 };
const SPENT_FIELDS = 3;

/**
 * Encodes digest and expiry, which scripts read, the fields of the grant, its expiry, proof key, scopes, resources. A
 * second line, if any, is for the spent token: digest, end of the grace window, sealed pair. The script adds the stamp to
 * the first line.
 */
export const encodeRefresh = (record: RefreshTokenRecord): string => {
  const { spent, resources } = record;
  const live = encodeGrantLine(record, {
    before: [record.digest, encodeMilliseconds(toMilliseconds(record.expiresAt))],
    after: [encodeMilliseconds(toMilliseconds(record.grantExpiresAt)), record.proofKey, record.scopes.join(' ')],
    resources: resources === undefined ? '' : encodeTexts(resources),
  });
  if (spent === undefined) return live;
  const until = encodeMilliseconds(toMilliseconds(spent.until));
  return `${live}\n${joinFields([spent.digest, until, spent.sealedPair])}`;
};

const decodeSpent = (line: string | undefined): SpentToken | undefined => {
  const [digest = '', until = '', sealedPair] = splitFields(line ?? '', SPENT_FIELDS) ?? [];
  const milliseconds = decodeMilliseconds(until);
  if (!isDigest(digest) || Number.isNaN(milliseconds) || sealedPair === undefined) return undefined;
  return { digest, sealedPair, until: toSeconds(milliseconds) };
};

/** Reads a refresh state; `undefined` for anything that `encodeRefresh` and a script did not write. */
export const decodeRefresh = (grantId: GrantId, value: string): Stamped<RefreshTokenRecord> | undefined => {
  const [live = '', before] = value.split('\n');
  const read = readGrantLine(grantId, live, REFRESH_LINE);
  const [digest = '', expires = ''] = read?.before ?? [];
  const [grantExpires = '', proofKey = '', scopes = ''] = read?.after ?? [];
  const [expiresAt, grantExpiresAt] = [decodeMilliseconds(expires), decodeMilliseconds(grantExpires)];
  if (read === undefined || !isDigest(digest)) return undefined;
  if (Number.isNaN(expiresAt) || Number.isNaN(grantExpiresAt)) return undefined;
  const resources = read.resources === '' ? undefined : decodeTexts(read.resources);
  if (read.resources !== '' && resources === undefined) return undefined;
  const spent = decodeSpent(before);
  const record: RefreshTokenRecord = {
    ...read.grant,
    digest,
    scopes: wordsOf(scopes),
    resources,
    expiresAt: toSeconds(expiresAt),
    grantExpiresAt: toSeconds(grantExpiresAt),
    proofKey,
    ...(spent === undefined ? {} : { spent }),
  };
  return { record, stamp: read.stamp };
};
