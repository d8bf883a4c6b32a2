import type { ServerResponse } from 'node:http';
import { isTargetedCacheControl, privateCacheControl } from './cache-control';
import { setsGateCookie } from './cookies';
import { connectionOptions, foldedName, isHopByHop, isIdentity } from './header-names';

/** Headers that an upstream may not set, because they apply to the gateway's whole host, by folded name. */
const hostWide = new Set([
  'wwwauthenticate', // the gateway alone requests credentials
  'stricttransportsecurity',
  'publickeypins',
  'publickeypinsreportonly',
  'altsvc',
  'nel',
  'reportto',
  'serviceworkerallowed',
]);

/** The gateway sets its own, so that one id finds the lines of client, gateway and upstream. */
const REQUEST_ID = 'xrequestid';

/** Keeps only `"cache"` of `Clear-Site-Data`: `"*"` and `"cookies"` would end sessions of the portal. */
const withoutSignOut = (value: string): string | undefined =>
  value.split(',').some((part) => part.trim() === '"cache"') ? '"cache"' : undefined;

/** Returns the value to send to the client; `undefined` removes the header. */
export type Edit = (folded: string, value: string) => string | undefined;

/** Edits a header of a response that does not depend on a token. */
export const editPublic: Edit = (folded, value) => {
  if (isHopByHop(folded) || isIdentity(folded) || hostWide.has(folded) || folded === REQUEST_ID) return undefined;
  if (folded === 'clearsitedata') return withoutSignOut(value);
  return folded === 'setcookie' && setsGateCookie(value) ? undefined : value;
};

/** Edits a header of a response to a token, which no shared cache may store. */
export const editGuarded: Edit = (folded, value) => {
  if (isTargetedCacheControl(folded)) return undefined;
  return folded === 'cachecontrol' ? privateCacheControl(value) : editPublic(folded, value);
};

interface Line {
  readonly name: string;
  readonly folded: string;
  readonly value: string;
}

/** Removes the blanks at the end. A regular expression for them takes quadratic time in a value of blanks. */
const withoutFinalBlanks = (value: string): string => {
  let end = value.length;
  while (value[end - 1] === ' ' || value[end - 1] === '\t') end -= 1;
  return value.slice(0, end);
};

/** Reads header lines as latin-1, in which each byte is one character. */
const linesOf = (rawHeaders: readonly Buffer[]): readonly Line[] => {
  const lines: Line[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toString('latin1') ?? '';
    const value = rawHeaders[index + 1]?.toString('latin1') ?? '';
    lines.push({ name, folded: foldedName(name), value: withoutFinalBlanks(value) });
  }
  return lines;
};

const isUnknownCoding = ({ name, folded, value }: Line): boolean =>
  folded === 'transferencoding' && name.toLowerCase() === 'transfer-encoding' && value.toLowerCase() !== 'chunked';

/**
 * Copies an upstream's header lines, except for those that the edit removes or `Connection` makes hop-by-hop.
 *
 * @throws TypeError for a line that HTTP does not allow, and for a transfer coding that was not decoded (RFC 9112 §6.1)
 */
export const copyHeaders = (rawHeaders: readonly Buffer[], response: ServerResponse, edit: Edit): void => {
  const lines = linesOf(rawHeaders);
  if (lines.some(isUnknownCoding)) throw new TypeError('an unknown transfer coding');
  const connection = lines.filter(({ folded }) => folded === 'connection').map(({ value }) => value);
  const named = connectionOptions(connection.join(','));
  // The length last: Node reads the value of a Content-Disposition behind it as UTF-8, and would change its bytes.
  const isLength = ({ folded }: Line): boolean => folded === 'contentlength';
  const ordered = [...lines.filter((line) => !isLength(line)), ...lines.filter(isLength)];
  for (const { name, folded, value } of ordered) {
    const edited = named.has(folded) ? undefined : edit(folded, value);
    if (edited !== undefined) response.appendHeader(name, edited);
  }
};

/** An element of `Vary` by which caches already keep responses to different tokens apart. */
const BY_TOKEN = /(?:^|,)\s*(?:\*|authorization)\s*(?:,|$)/i;

/** Adds `Vary: Authorization`, so that no cache serves the response to another client. */
export const varyByToken = (response: ServerResponse): void => {
  const vary = response.getHeader('vary');
  if (vary === undefined || !BY_TOKEN.test(String(vary))) response.appendHeader('Vary', 'Authorization');
};
