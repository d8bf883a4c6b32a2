import type { Digest, GrantId } from '../../protocol/secrets';
import type { EpochSeconds, Milliseconds } from '../../protocol/time';
import type { AccessTokenRecord, Environment, Grant, RefreshTokenRecord } from '../../tokens/records';

// Records are JSON arrays: a field's name in every value would cost more memory than the value.

export const toMilliseconds = (instant: EpochSeconds): Milliseconds => Math.round(instant * 1000);

const toSeconds = (instant: Milliseconds): EpochSeconds => instant / 1000;

const environmentCode: Record<Environment, string> = { production: 'p', sandbox: 's' };

const environmentOf = (code: unknown): Environment | undefined =>
  code === 'p' ? 'production' : code === 's' ? 'sandbox' : undefined;

type Json = string | number | null;

const GRANT_FIELDS = 4;

const parseArray = (text: string): readonly unknown[] | undefined => {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
};

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

// No scope and no name of an API has a space in it.
const wordsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(' '));

/** What all records of a grant begin with: client, subject, organization, environment. */
const encodeGrant = ({ clientId, subject, organization, environment }: Grant): readonly Json[] => [
  clientId,
  subject ?? null,
  organization ?? null,
  environmentCode[environment],
];

const decodeGrant = (grantId: GrantId, fields: readonly unknown[]): Grant | undefined => {
  const [clientId, subject, organization, code] = fields;
  const environment = environmentOf(code);
  if (!isText(clientId) || !isTextOrNull(subject) || !isTextOrNull(organization)) return undefined;
  if (environment === undefined) return undefined;
  return { grantId, clientId, subject: subject ?? undefined, organization: organization ?? undefined, environment };
};

export const encodeAccess = (record: AccessTokenRecord): string =>
  JSON.stringify([
    ...encodeGrant(record),
    record.digest,
    toMilliseconds(record.issuedAt),
    toMilliseconds(record.expiresAt),
    record.scopes.join(' '),
    record.subscriptions.join(' '),
  ]);

/** Reads one access token; `undefined` for anything that `encodeAccess` did not write. */
export const decodeAccess = (grantId: GrantId, text: string): AccessTokenRecord | undefined => {
  const fields = parseArray(text) ?? [];
  const grant = decodeGrant(grantId, fields);
  const [digest, issuedAt, expiresAt, scopes, subscriptions] = fields.slice(GRANT_FIELDS);
  if (grant === undefined || !isText(digest) || !isNumber(issuedAt) || !isNumber(expiresAt)) return undefined;
  if (!isText(scopes) || !isText(subscriptions)) return undefined;
  const { clientId, subject, organization, environment } = grant;
  return {
    grantId,
    clientId,
    subject,
    organization,
    environment,
    digest: digest as Digest,
    scopes: wordsOf(scopes),
    subscriptions: wordsOf(subscriptions),
    issuedAt: toSeconds(issuedAt),
    expiresAt: toSeconds(expiresAt),
  };
};

/** Reads the line of the token before: the end of its respite in epoch milliseconds, a space, its record. */
export const decodeEarlier = (grantId: GrantId, line: string): AccessTokenRecord | undefined => {
  const space = line.indexOf(' ');
  const record = decodeAccess(grantId, line.slice(space + 1));
  const until = Number(line.slice(0, space));
  if (record === undefined || !(until > 0)) return undefined;
  return { ...record, expiresAt: Math.min(record.expiresAt, toSeconds(until)) };
};

/** The part of a refresh state that scripts do not look into; digests and expiry stand beside it. */
export const encodeRefreshFacts = (record: RefreshTokenRecord): string =>
  JSON.stringify([
    ...encodeGrant(record),
    toMilliseconds(record.grantExpiresAt),
    record.proofKey,
    record.scopes.join(' '),
  ]);

/** A refresh state as Redis answers it. */
export type RefreshFields = Readonly<Record<'digest' | 'facts' | 'expires' | 'spent' | 'sealed' | 'until', unknown>>;

export const decodeRefresh = (grantId: GrantId, stored: RefreshFields): RefreshTokenRecord | undefined => {
  const { digest, facts, expires, spent, sealed, until } = stored;
  if (!isText(digest) || !isText(facts) || !isText(expires)) return undefined;
  const fields = parseArray(facts) ?? [];
  const grant = decodeGrant(grantId, fields);
  const [grantExpiresAt, proofKey, scopes] = fields.slice(GRANT_FIELDS);
  const expiresAt = Number(expires);
  if (grant === undefined || !isNumber(expiresAt) || !isNumber(grantExpiresAt)) return undefined;
  if (!isText(proofKey) || !isText(scopes)) return undefined;
  const hasSpent = isText(spent) && isText(sealed) && isText(until) && Number.isFinite(Number(until));
  return {
    ...grant,
    digest: digest as Digest,
    scopes: wordsOf(scopes),
    expiresAt: toSeconds(expiresAt),
    grantExpiresAt: toSeconds(grantExpiresAt),
    proofKey,
    ...(hasSpent ? { spent: { digest: spent as Digest, sealedPair: sealed, until: toSeconds(Number(until)) } } : {}),
  };
};
