import type { IncomingMessage, ServerResponse } from 'node:http';
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

/**
 * Copies an upstream's header lines, except for those that the edit removes or `Connection` makes hop-by-hop.
 *
 * @throws TypeError for a line that HTTP does not allow
 */
export const copyHeaders = ({ rawHeaders, headers }: IncomingMessage, response: ServerResponse, edit: Edit): void => {
  const named = connectionOptions(headers.connection);
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const folded = foldedName(name);
    const value = named.has(folded) ? undefined : edit(folded, rawHeaders[index + 1] ?? '');
    if (value !== undefined) response.appendHeader(name, value);
  }
};

/** Adds `Vary: Authorization`, so that no cache serves the response to another client. */
export const varyByToken = (response: ServerResponse): void => {
  const varies = [response.getHeader('vary') ?? []].flat().join(',').split(',');
  if (!varies.some((name) => ['*', 'authorization'].includes(name.trim().toLowerCase()))) {
    response.appendHeader('Vary', 'Authorization');
  }
};
