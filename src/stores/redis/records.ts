import { isDigest, type GrantId } from '../../protocol/secrets';
import type { AccessTokenRecord, Environment, Grant, RefreshTokenRecord, SpentToken } from '../../tokens/records';
import { decodeMilliseconds, encodeMilliseconds, joinFields, splitFields } from './fields';
import { toMilliseconds, toSeconds } from './instants';

// There is one of these for each live token, so the format is compact: lines of unnamed fields separated by tabs, with
// instants in base 36. It takes half the bytes of JSON.

// Scopes and API names never contain a space.
const wordsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(' '));

const environmentCode: Record<Environment, string> = { production: 'p', sandbox: 's' };

const environmentOf = (code: string): Environment | undefined =>
  code === 'p' ? 'production' : code === 's' ? 'sandbox' : undefined;

/** Encodes the fields common to all records of a grant: environment letter and client id, subject, organization. */
const encodeGrant = ({ clientId, subject = '', organization = '', environment }: Grant): readonly string[] => [
  environmentCode[environment] + clientId,
  subject,
  organization,
];

const decodeGrant = (grantId: GrantId, [client = '', subject, organization]: readonly string[]): Grant | undefined => {
  const environment = environmentOf(client.charAt(0));
  if (environment === undefined) return undefined;
  const clientId = client.slice(1);
  return { grantId, clientId, subject: subject || undefined, organization: organization || undefined, environment };
};

const ACCESS_FIELDS = 8;

/** Encodes the grant's three fields, digest, issued at, milliseconds to live, scopes, subscriptions. */
export const encodeAccess = (record: AccessTokenRecord): string => {
  const issuedAt = toMilliseconds(record.issuedAt);
  return joinFields([
    ...encodeGrant(record),
    record.digest,
    encodeMilliseconds(issuedAt),
    encodeMilliseconds(toMilliseconds(record.expiresAt) - issuedAt),
    record.scopes.join(' '),
    record.subscriptions.join(' '),
  ]);
};

/** Reads one access token; `undefined` for anything that `encodeAccess` did not write. */
export const decodeAccess = (grantId: GrantId, line: string): AccessTokenRecord | undefined => {
  const fields = splitFields(line, ACCESS_FIELDS) ?? [];
  const grant = decodeGrant(grantId, fields);
  const [, , , digest = '', issued = '', life = '', scopes = '', subscriptions = ''] = fields;
  const issuedAt = decodeMilliseconds(issued);
  const expiresAt = issuedAt + decodeMilliseconds(life);
  if (grant === undefined || !isDigest(digest) || Number.isNaN(expiresAt)) return undefined;
  const { clientId, subject, organization, environment } = grant;
  return {
    grantId,
    clientId,
    subject,
    organization,
    environment,
    digest,
    scopes: wordsOf(scopes),
    subscriptions: wordsOf(subscriptions),
    issuedAt: toSeconds(issuedAt),
    expiresAt: toSeconds(expiresAt),
  };
};

/** Reads the line of the previous token: the end of its grace window in epoch milliseconds, a space, its record. */
export const decodePrevious = (grantId: GrantId, line: string): AccessTokenRecord | undefined => {
  const space = line.indexOf(' ');
  const record = decodeAccess(grantId, line.slice(space + 1));
  const until = Number(line.slice(0, space));
  if (record === undefined || !(until > 0)) return undefined;
  return { ...record, expiresAt: Math.min(record.expiresAt, toSeconds(until)) };
};

const REFRESH_FIELDS = 8;
const SPENT_FIELDS = 3;

/**
 * Encodes digest and expiry, which scripts read, the grant's three fields, the grant's expiry, proof key, scopes. A
 * second line, if any, is for the spent token: digest, end of the grace window, sealed pair.
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

/** Reads a refresh state; `undefined` for anything that `encodeRefresh` did not write. */
export const decodeRefresh = (grantId: GrantId, value: string): RefreshTokenRecord | undefined => {
  const [live = '', before] = value.split('\n');
  const fields = splitFields(live, REFRESH_FIELDS) ?? [];
  const [digest = '', expires = ''] = fields;
  const [, , , , , grantExpires = '', proofKey = '', scopes = ''] = fields;
  const grant = decodeGrant(grantId, fields.slice(2));
  const [expiresAt, grantExpiresAt] = [decodeMilliseconds(expires), decodeMilliseconds(grantExpires)];
  if (grant === undefined || !isDigest(digest)) return undefined;
  if (Number.isNaN(expiresAt) || Number.isNaN(grantExpiresAt)) return undefined;
  const spent = decodeSpent(before);
  return {
    ...grant,
    digest,
    scopes: wordsOf(scopes),
    expiresAt: toSeconds(expiresAt),
    grantExpiresAt: toSeconds(grantExpiresAt),
    proofKey,
    ...(spent === undefined ? {} : { spent }),
  };
};
