import type { IncomingMessage, ServerResponse } from 'node:http';
import { setsStoreCookie } from './cookies';
import { connectionOptions, foldedName, isHopByHop, isIdentity } from './header-names';

/**
 * Copies an upstream's header lines, less those for one hop, less those that speak for the gateway: who the caller is,
 * and which credentials are wanted; and none may put a browser into another's session of the Store.
 *
 * @throws TypeError for a line that HTTP does not allow
 */
export const copyHeaders = ({ rawHeaders, headers }: IncomingMessage, response: ServerResponse): void => {
  const named = connectionOptions(headers.connection);
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const folded = foldedName(name);
    if (isHopByHop(folded) || isIdentity(folded) || named.has(folded) || folded === 'wwwauthenticate') continue;
    const value = rawHeaders[index + 1] ?? '';
    if (folded === 'setcookie' && setsStoreCookie(value)) continue;
    response.appendHeader(name, value);
  }
};
