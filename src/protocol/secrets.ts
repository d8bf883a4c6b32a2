import { createHmac, hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

declare const brand: unique symbol;

/**
 * SHA-256 of a token or secret, cut to 192 bits, base64url: what is found by it is 256 bits of chance, and a store holds one of
 * these for each token. The only form in which a store sees one.
 */
export type Digest = string & { readonly [brand]: 'Digest' };

/** 96 random bits, base64url: one authorization given. All tokens that come from it carry it. */
export type GrantId = string & { readonly [brand]: 'GrantId' };

const GRANT_ID_LENGTH = 16;

export const isGrantId = (text: string): text is GrantId => /^[A-Za-z0-9_-]{16}$/.test(text);

const SECRET_LENGTH = 43; // 256 bits in base64url
const CHECKSUM_LENGTH = 6; // the first 36 bits of the digest: one hash serves as checksum and as look-up key
const PROOF_LENGTH = 11;

const ACCESS_TOKEN_PREFIX = 'sga_';
const REFRESH_TOKEN_PREFIX = 'sgr_';
const CLIENT_SECRET_PREFIX = 'sgs_';
const PREFIX_LENGTH = 4;

export const ACCESS_TOKEN_LENGTH = PREFIX_LENGTH + GRANT_ID_LENGTH + SECRET_LENGTH + CHECKSUM_LENGTH;
export const REFRESH_TOKEN_LENGTH = ACCESS_TOKEN_LENGTH + PROOF_LENGTH;

/** A token with its text and its digest: the text is for the client, the digest for the store. */
export interface MintedToken {
  readonly text: string;
  readonly digest: Digest;
}

/** A token whose shape and checksum are right. Whether it was ever issued, only the store knows. */
export interface ReadToken {
  readonly grantId: GrantId;
  readonly digest: Digest;
}

const DIGEST_LENGTH = 32;

export const digestOf = (text: string): Digest => hash('sha256', text, 'base64url').slice(0, DIGEST_LENGTH) as Digest;

export const isDigest = (text: string): text is Digest =>
  text.length === DIGEST_LENGTH && /^[A-Za-z0-9_-]+$/.test(text);

const POOL_BYTES = 4096;

let pool = Buffer.alloc(0);
let used = 0;

/** Random bytes as base64url. Drawn from a pool, because asking the system each time costs more than all else here. */
export const randomText = (bytes: number): string => {
  if (used + bytes > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  const text = pool.toString('base64url', used, used + bytes);
  pool.fill(0, used, used + bytes); // what was handed out is nowhere but with its owner
  used += bytes;
  return text;
};

export const mintGrantId = (): GrantId => randomText(12) as GrantId;

const seal = (body: string): MintedToken => {
  const digest = digestOf(body);
  return { text: body + digest.slice(0, CHECKSUM_LENGTH), digest };
};

export const mintAccessToken = (grantId: GrantId): MintedToken => seal(ACCESS_TOKEN_PREFIX + grantId + randomText(32));

export const mintClientSecret = (): string => seal(CLIENT_SECRET_PREFIX + randomText(32)).text;

const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A new consumer key: letters and digits only, because half the client libraries encode anything else. */
export const mintClientId = (): string =>
  Array.from({ length: 28 }, () => lettersAndDigits[randomInt(lettersAndDigits.length)]).join('');

/** The key of a grant's proofs of issue; kept with the grant in the store. */
export const mintProofKey = (): string => randomText(12);

const proofOf = (proofKey: string, grantId: string, secret: string): string =>
  createHmac('sha256', proofKey).update(grantId).update(secret).digest('base64url').slice(0, PROOF_LENGTH);

/** A refresh token also carries a proof that this server issued it, so that a spent one differs from a forged one. */
export const mintRefreshToken = (grantId: GrantId, proofKey: string): MintedToken => {
  const secret = randomText(32);
  return seal(REFRESH_TOKEN_PREFIX + grantId + secret + proofOf(proofKey, grantId, secret));
};

/** Where a token's text has its grant id, whether the rest of it is right or not. */
export const grantIdIn = (text: string): string => text.slice(PREFIX_LENGTH, PREFIX_LENGTH + GRANT_ID_LENGTH);

const tokenAlphabet = /^[A-Za-z0-9_-]+$/;

const read = (text: string, prefix: string, length: number): ReadToken | undefined => {
  if (text.length !== length || !text.startsWith(prefix) || !tokenAlphabet.test(text)) return undefined;
  const bodyLength = length - CHECKSUM_LENGTH;
  const digest = digestOf(text.slice(0, bodyLength));
  if (!digest.startsWith(text.slice(bodyLength))) return undefined;
  return { grantId: grantIdIn(text) as GrantId, digest };
};

/** @returns `undefined` for a wrong length, prefix, alphabet or checksum: no store needs to be asked about those. */
export const readAccessToken = (text: string): ReadToken | undefined =>
  read(text, ACCESS_TOKEN_PREFIX, ACCESS_TOKEN_LENGTH);

/** @returns `undefined` for a wrong length, prefix, alphabet or checksum. */
export const readRefreshToken = (text: string): ReadToken | undefined =>
  read(text, REFRESH_TOKEN_PREFIX, REFRESH_TOKEN_LENGTH);

/** Checks whether this refresh token was really issued for the grant that holds `proofKey`. */
export const provesIssue = (refreshToken: string, proofKey: string): boolean => {
  const grantEnd = PREFIX_LENGTH + GRANT_ID_LENGTH;
  const secretEnd = grantEnd + SECRET_LENGTH;
  const grantId = refreshToken.slice(PREFIX_LENGTH, grantEnd);
  const proof = refreshToken.slice(secretEnd, secretEnd + PROOF_LENGTH);
  return equalTexts(proof, proofOf(proofKey, grantId, refreshToken.slice(grantEnd, secretEnd)));
};

/** Compares in a time that tells nothing. A digest has one length, so nothing need be hashed for it. */
export const equalDigests = (left: Digest, right: Digest): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));

/** Compares in a time that depends on neither text; unequal lengths are no exception. */
export const equalTexts = (left: string, right: string): boolean =>
  timingSafeEqual(Buffer.from(digestOf(left)), Buffer.from(digestOf(right)));
