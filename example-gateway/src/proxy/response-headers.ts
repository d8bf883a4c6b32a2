import type { IncomingMessage, ServerResponse } from 'node:http';
import { isTargetedCacheControl, privateCacheControl } from './cache-control';
import { setsPortalCookie } from './cookies';
import { connectionOptions, foldedName, isHopByHop, isIdentity } from './header-names';

/** Headers that an upstream may not set, because they apply to the gateway's whole host, by folded name. */
const hostWide = new Set([
  'wwwauthenticate', // which credentials are wanted
  'stricttransportsecurity',
  'publickeypins',
  'publickeypinsreportonly',
  'altsvc',
  'nel',
  'reportto',
  'serviceworkerallowed',
]);

/** The parts of `Clear-Site-Data` that sign nobody out: `"*"` and `"cookies"` would end sessions of the portal. */
const withoutSignOut = (value: string): string | undefined =>
  value.split(',').some((part) => part.trim() === '"cache"') ? '"cache"' : undefined;

/** The value that a client gets of an upstream's header; `undefined`: none. */
type Edit = (folded: string, value: string) => string | undefined;

/** For an answer that is the same to everybody. */
export const editPublic: Edit = (folded, value) => {
  if (isHopByHop(folded) || isIdentity(folded) || hostWide.has(folded)) return undefined;
  if (folded === 'clearsitedata') return withoutSignOut(value);
  return folded === 'setcookie' && setsPortalCookie(value) ? undefined : value;
};

/** For an answer to a token: no cache on the way may keep it. */
export const editGuarded: Edit = (folded, value) => {
  if (isTargetedCacheControl(folded)) return undefined;
  return folded === 'cachecontrol' ? privateCacheControl(value) : editPublic(folded, value);
};

/**
 * Copies an upstream's header lines, less what the edit takes away and what is meant for one hop.
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

/** Says that the answer depends on the token, for caches that would answer another client with it. */
export const varyByToken = (response: ServerResponse): void => {
  const varies = [response.getHeader('vary') ?? []].flat().join(',').split(',');
  if (!varies.some((name) => ['*', 'authorization'].includes(name.trim().toLowerCase()))) {
    response.appendHeader('Vary', 'Authorization');
  }
};
