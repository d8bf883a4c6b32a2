import { createHmac, hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

declare const brand: unique symbol;

/**
 * SHA-256 of a token or secret, truncated to 192 bits, base64url. Truncated because a store holds one per token; that
 * is safe because everything looked up by it has 256 random bits. The only form in which a store receives one.
 */
export type Digest = string & { readonly [brand]: 'Digest' };

/** Id of one authorization grant: 96 random bits, base64url. Part of every token issued for the grant. */
export type GrantId = string & { readonly [brand]: 'GrantId' };

/** Stands for a user in the code of a link: 132 bits of the digest of the user's subject, base64url. */
export type LinkHolder = string & { readonly [brand]: 'LinkHolder' };

const GRANT_ID_LENGTH = 16;
const HOLDER_LENGTH = 22;

export const isGrantId = (text: string): text is GrantId => /^[A-Za-z0-9_-]{16}$/.test(text);

const SECRET_LENGTH = 43; // 256 bits in base64url
const CHECKSUM_LENGTH = 6; // the first 36 bits of the digest: one hash serves as checksum and lookup key
const PROOF_LENGTH = 11;

const ACCESS_TOKEN_PREFIX = 'sga_';
const REFRESH_TOKEN_PREFIX = 'sgr_';
const CODE_PREFIX = 'sgc_';
const TICKET_PREFIX = 'sgw_';
const CLIENT_SECRET_PREFIX = 'sgs_';
const LINK_CODE_PREFIX = 'sgl_';
const PREFIX_LENGTH = 4;

export const ACCESS_TOKEN_LENGTH = PREFIX_LENGTH + GRANT_ID_LENGTH + SECRET_LENGTH + CHECKSUM_LENGTH;
export const CODE_LENGTH = ACCESS_TOKEN_LENGTH;
export const TICKET_LENGTH = ACCESS_TOKEN_LENGTH;
export const LINK_CODE_LENGTH = PREFIX_LENGTH + HOLDER_LENGTH + SECRET_LENGTH + CHECKSUM_LENGTH;
export const REFRESH_TOKEN_LENGTH = ACCESS_TOKEN_LENGTH + PROOF_LENGTH;

/** A newly generated token: the text is for the client, the digest for the store. */
export interface MintedToken {
  readonly text: string;
  readonly digest: Digest;
}

/** A token with a valid format and checksum. Only a read of the store can show that it was ever issued. */
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

/** Returns random bytes as base64url, from a pool: a system call each time costs more than all the rest here. */
export const randomText = (bytes: number): string => {
  if (used + bytes > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  const text = pool.toString('base64url', used, used + bytes);
  pool.fill(0, used, used + bytes); // no copy of a secret stays in the pool
  used += bytes;
  return text;
};

export const mintGrantId = (): GrantId => randomText(12) as GrantId;

const withChecksum = (body: string): MintedToken => {
  const digest = digestOf(body);
  return { text: body + digest.slice(0, CHECKSUM_LENGTH), digest };
};

export const mintAccessToken = (grantId: GrantId): MintedToken =>
  withChecksum(ACCESS_TOKEN_PREFIX + grantId + randomText(32));

/** Generates an authorization code. It contains the id of the grant that it becomes. */
export const mintCode = (grantId: GrantId): MintedToken => withChecksum(CODE_PREFIX + grantId + randomText(32));

/** Generates a ticket for a WebSocket handshake. It contains the id of the grant of its token. */
export const mintTicket = (grantId: GrantId): MintedToken => withChecksum(TICKET_PREFIX + grantId + randomText(32));

export const mintClientSecret = (): string => withChecksum(CLIENT_SECRET_PREFIX + randomText(32)).text;

/** A code with a valid format and checksum. Only a read of the store can show that it is that of a link. */
export interface ReadLinkCode {
  readonly holder: LinkHolder;
  readonly digest: Digest;
}

/** Returns what stands for a user in the codes of links. */
export const linkHolderOf = (subject: string): LinkHolder => digestOf(subject).slice(0, HOLDER_LENGTH) as LinkHolder;

/** Generates the code of a link with which a user sets a password. */
export const mintLinkCode = (holder: LinkHolder): MintedToken =>
  withChecksum(LINK_CODE_PREFIX + holder + randomText(32));

const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Generates a consumer key: letters and digits only, because half the client libraries encode other characters. */
export const mintClientId = (): string =>
  Array.from({ length: 28 }, () => lettersAndDigits[randomInt(lettersAndDigits.length)]).join('');

/** Generates the key of a grant's proofs of issue, which is stored with the grant. */
export const mintProofKey = (): string => randomText(12);

const proofOf = (proofKey: string, grantId: string, secret: string): string =>
  createHmac('sha256', proofKey).update(grantId).update(secret).digest('base64url').slice(0, PROOF_LENGTH);

/** Generates a refresh token that contains a proof of issue, so that a spent token differs from a forged one. */
export const mintRefreshToken = (grantId: GrantId, proofKey: string): MintedToken => {
  const secret = randomText(32);
  return withChecksum(REFRESH_TOKEN_PREFIX + grantId + secret + proofOf(proofKey, grantId, secret));
};

/** Returns the part of a token's text that holds its grant id. Validates nothing. */
export const grantIdIn = (text: string): string => text.slice(PREFIX_LENGTH, PREFIX_LENGTH + GRANT_ID_LENGTH);

const tokenAlphabet = /^[A-Za-z0-9_-]+$/;

const readDigest = (text: string, prefix: string, length: number): Digest | undefined => {
  if (text.length !== length || !text.startsWith(prefix) || !tokenAlphabet.test(text)) return undefined;
  const bodyLength = length - CHECKSUM_LENGTH;
  const digest = digestOf(text.slice(0, bodyLength));
  return digest.startsWith(text.slice(bodyLength)) ? digest : undefined;
};

const read = (text: string, prefix: string, length: number): ReadToken | undefined => {
  const digest = readDigest(text, prefix, length);
  return digest && { grantId: grantIdIn(text) as GrantId, digest };
};

/** @returns `undefined` for a wrong length, prefix, alphabet or checksum: such a token needs no read of the store. */
export const readAccessToken = (text: string): ReadToken | undefined =>
  read(text, ACCESS_TOKEN_PREFIX, ACCESS_TOKEN_LENGTH);

/** @returns `undefined` for a wrong length, prefix, alphabet or checksum. */
export const readCode = (text: string): ReadToken | undefined => read(text, CODE_PREFIX, CODE_LENGTH);

/** @returns `undefined` for a wrong length, prefix, alphabet or checksum. */
export const readTicket = (text: string): ReadToken | undefined => read(text, TICKET_PREFIX, TICKET_LENGTH);

/** @returns `undefined` for a wrong length, prefix, alphabet or checksum. */
export const readRefreshToken = (text: string): ReadToken | undefined =>
  read(text, REFRESH_TOKEN_PREFIX, REFRESH_TOKEN_LENGTH);

/** @returns `undefined` for a wrong length, prefix, alphabet or checksum. */
export const readLinkCode = (text: string): ReadLinkCode | undefined => {
  const digest = readDigest(text, LINK_CODE_PREFIX, LINK_CODE_LENGTH);
  const holder = text.slice(PREFIX_LENGTH, PREFIX_LENGTH + HOLDER_LENGTH);
  return digest && { holder: holder as LinkHolder, digest };
};

/** Checks whether this refresh token was really issued for the grant with this `proofKey`. */
export const provesIssue = (refreshToken: string, proofKey: string): boolean => {
  const grantEnd = PREFIX_LENGTH + GRANT_ID_LENGTH;
  const secretEnd = grantEnd + SECRET_LENGTH;
  const grantId = refreshToken.slice(PREFIX_LENGTH, grantEnd);
  const proof = refreshToken.slice(secretEnd, secretEnd + PROOF_LENGTH);
  return equalStrings(proof, proofOf(proofKey, grantId, refreshToken.slice(grantEnd, secretEnd)));
};

/** Compares in constant time. All digests have the same length, so they need not be hashed first. */
export const equalDigests = (left: Digest, right: Digest): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));

/** Compares in a time that depends on neither string, even if their lengths differ. */
export const equalStrings = (left: string, right: string): boolean =>
  timingSafeEqual(Buffer.from(digestOf(left)), Buffer.from(digestOf(right)));
