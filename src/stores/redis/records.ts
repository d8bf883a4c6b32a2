import { isDigest, type Digest, type GrantId } from '../../protocol/secrets';
import type { AccessTokenRecord, Environment, Grant, RefreshTokenRecord, SpentToken } from '../../tokens/records';
import { decodeMilliseconds, encodeMilliseconds, joinFields, splitFields } from './fields';
import { toMilliseconds, toSeconds } from './instants';

// There is one of these for each live token, so the format is compact: lines of unnamed fields separated by tabs, with
// instants in base 36. It takes half the bytes of JSON.
//
// A line ends with the stamp of the epochs that the token was issued under, which scripts add. Lines of the first version
// have no stamp, and no number before the letter of the environment. A line of a later version is foreign.
const VERSION = '2';

/** A record with the stamp of the epochs that it was stored under; `undefined` for one of the first version. */
export interface Stamped<R> {
  readonly record: R;
  readonly stamp: string | undefined;
}

const isStamp = (text: string): boolean => /^[A-Za-z0-9_-]{8}$/.test(text);

// Scopes and API names never contain a space.
const wordsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(' '));

const environmentCode: Record<Environment, string> = { production: 'p', sandbox: 's' };

const environmentOf = (code: string): Environment | undefined =>
  code === 'p' ? 'production' : code === 's' ? 'sandbox' : undefined;

/** Encodes the fields common to all records of a grant: version, environment letter and client id, subject, organization. */
const encodeGrant = ({ clientId, subject = '', organization = '', environment }: Grant): readonly string[] => [
  VERSION + environmentCode[environment] + clientId,
  subject,
  organization,
];

/** @param prefix what precedes the letter of the environment */
const decodeGrant = (
  grantId: GrantId,
  [client = '', subject, organization]: readonly string[],
  prefix: string,
): Grant | undefined => {
  const environment = environmentOf(client.charAt(prefix.length));
  if (environment === undefined || !client.startsWith(prefix)) return undefined;
  const clientId = client.slice(prefix.length + 1);
  return { grantId, clientId, subject: subject || undefined, organization: organization || undefined, environment };
};

/** The fields of a line before its stamp, and what precedes the letter of its environment. */
interface ReadLine {
  readonly fields: readonly string[];
  readonly stamp: string | undefined;
  readonly prefix: string;
}

const NO_LINE: ReadLine = { fields: [], stamp: undefined, prefix: '' };

/** Splits a line of either version; `undefined` for any other text. */
const readLine = (line: string, count: number): ReadLine | undefined => {
  const stamped = splitFields(line, count + 1);
  const stamp = stamped?.[count];
  if (stamp !== undefined) return isStamp(stamp) ? { fields: stamped ?? [], stamp, prefix: VERSION } : undefined;
  const fields = splitFields(line, count);
  return fields === undefined ? undefined : { fields, stamp: undefined, prefix: '' };
};

const ACCESS_FIELDS = 8;

// Of the digest of an access token, 132 bits are stored. They are compared with one token only, whose grant id selects
// the record.
const STORED_DIGEST = /^[A-Za-z0-9_-]{22}$/;
const STORED_DIGEST_LENGTH = 22;

/** @param stamp `undefined` for a line of the first version, which has the whole digest */
const isStoredDigest = (text: string, stamp: string | undefined): text is Digest =>
  stamp === undefined ? isDigest(text) : STORED_DIGEST.test(text);

/**
 * Encodes the grant's three fields, digest, issued at, milliseconds to live, scopes, subscriptions. The script adds the
 * stamp.
 */
export const encodeAccess = (record: AccessTokenRecord): string => {
  const issuedAt = toMilliseconds(record.issuedAt);
  return joinFields([
    ...encodeGrant(record),
    record.digest.slice(0, STORED_DIGEST_LENGTH),
    encodeMilliseconds(issuedAt),
    encodeMilliseconds(toMilliseconds(record.expiresAt) - issuedAt),
    record.scopes.join(' '),
    record.subscriptions.join(' '),
  ]);
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
  const { fields, stamp, prefix } = readLine(line, ACCESS_FIELDS) ?? NO_LINE;
  const grant = decodeGrant(grantId, fields, prefix);
  const [, , , stored = '', issued = '', life = '', scopes = '', subscriptions = ''] = fields;
  const issuedAt = decodeMilliseconds(issued);
  const expiresAt = issuedAt + decodeMilliseconds(life);
  if (grant === undefined || !isStoredDigest(stored, stamp) || Number.isNaN(expiresAt)) return undefined;
  const { clientId, subject, organization, environment } = grant;
  const record: AccessTokenRecord = {
    grantId,
    clientId,
    subject,
    organization,
    environment,
    digest: digest?.startsWith(stored) === true ? digest : stored,
    scopes: wordsOf(scopes),
    subscriptions: wordsOf(subscriptions),
    issuedAt: toSeconds(issuedAt),
    expiresAt: toSeconds(expiresAt),
  };
  return { record, stamp };
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

const REFRESH_FIELDS = 8;
const SPENT_FIELDS = 3;

/**
 * Encodes digest and expiry, which scripts read, the grant's three fields, the grant's expiry, proof key, scopes. A
 * second line, if any, is for the spent token: digest, end of the grace window, sealed pair. The script adds the stamp to
 * the first line.
 */
export const encodeRefresh = (record: RefreshTokenRecord): string => {
  const { spent } = record;
  const live = joinFields([
    record.digest,
    encodeMilliseconds(toMilliseconds(record.expiresAt)),
    ...encodeGrant(record),
    encodeMilliseconds(toMilliseconds(record.grantExpiresAt)),
    record.proofKey,
    record.scopes.join(' '),
  ]);
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
  const { fields, stamp, prefix } = readLine(live, REFRESH_FIELDS) ?? NO_LINE;
  const [digest = '', expires = ''] = fields;
  const [, , , , , grantExpires = '', proofKey = '', scopes = ''] = fields;
  const grant = decodeGrant(grantId, fields.slice(2), prefix);
  const [expiresAt, grantExpiresAt] = [decodeMilliseconds(expires), decodeMilliseconds(grantExpires)];
  if (grant === undefined || !isDigest(digest)) return undefined;
  if (Number.isNaN(expiresAt) || Number.isNaN(grantExpiresAt)) return undefined;
  const spent = decodeSpent(before);
  const record: RefreshTokenRecord = {
    ...grant,
    digest,
    scopes: wordsOf(scopes),
    expiresAt: toSeconds(expiresAt),
    grantExpiresAt: toSeconds(grantExpiresAt),
    proofKey,
    ...(spent === undefined ? {} : { spent }),
  };
  return { record, stamp };
};
