import { isDigest, type GrantId } from '../../protocol/secrets';
import type { CodeRecord, HeldCode } from '../../tokens/code-store';
import { decodeMilliseconds, encodeMilliseconds } from './fields';
import { encodeGrantLine, readGrantLine, type LineShape } from './grant-lines';
import { toMilliseconds, toSeconds } from './instants';
import { decodeTexts, encodeTexts } from './texts';

// The value of a code is a line like those of tokens, and a second line with the state: `p` and the number of wrong
// verifiers while it is pending, `s` and the attempt that has spent it, or `r` and that attempt if it was reused.
const STATES: Readonly<Record<string, HeldCode['state']>> = { p: 'pending', s: 'spent', r: 'reused' };

/** The state of a new code. */
export const NEW_STATE = 'p0';

const SHAPE: LineShape = { before: 0, after: 6 };

/**
 * Encodes the fields of the grant, expiry, digest, redirect URI, challenge, scopes, roles, resources. The resources are
 * never empty text, so the line always has a field for the consent. The script adds the stamp and the state.
 */
export const encodeCode = (code: CodeRecord): string => {
  const { digest, redirectUri, challenge, scopes, roles, resources } = code;
  const expiry = encodeMilliseconds(toMilliseconds(code.expiresAt));
  const after = [expiry, digest, redirectUri, challenge, scopes.join(' '), encodeTexts(roles)];
  return encodeGrantLine(code, { before: [], after, resources: encodeTexts(resources) });
};

/** A code with the stamp of the epochs that it was stored under. */
export interface StampedCode extends HeldCode {
  readonly stamp: string;
}

/** Reads a code; `undefined` for anything that `encodeCode` and a script did not write. */
export const decodeCode = (grantId: GrantId, value: string): StampedCode | undefined => {
  const [line = '', stateLine = ''] = value.split('\n');
  const state = STATES[stateLine.charAt(0)];
  const read = readGrantLine(grantId, line, SHAPE);
  if (read?.stamp === undefined || state === undefined) return undefined;
  const [expiry = '', digest = '', redirectUri = '', challenge = '', scopes = '', rolesField = ''] = read.after;
  const expiresAt = decodeMilliseconds(expiry);
  const [roles, resources] = [decodeTexts(rolesField), decodeTexts(read.resources)];
  const { subject } = read.grant;
  if (subject === undefined || !isDigest(digest) || Number.isNaN(expiresAt)) return undefined;
  if (roles === undefined || resources === undefined) return undefined;
  const code: CodeRecord = {
    ...read.grant,
    subject,
    digest,
    redirectUri,
    challenge,
    scopes: scopes === '' ? [] : scopes.split(' '),
    resources,
    roles,
    expiresAt: toSeconds(expiresAt),
  };
  return { code, state, stamp: read.stamp };
};
