import { createHash } from 'node:crypto';
import { equalStrings } from './secrets';

// RFC 7636 §4.1: 43 to 128 unreserved characters.
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

// The base64url of a SHA-256, without padding (RFC 7636 §4.2).
const S256_CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

export const isCodeVerifier = (text: string): boolean => VERIFIER.test(text);

export const isCodeChallenge = (text: string): boolean => S256_CHALLENGE.test(text);

/** Checks a code verifier against the challenge of the authorization request, by S256 (RFC 7636 §4.6). */
export const isVerifierOf = (verifier: string, challenge: string): boolean =>
  equalStrings(createHash('sha256').update(verifier).digest('base64url'), challenge);
