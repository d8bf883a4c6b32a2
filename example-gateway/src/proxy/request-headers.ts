import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { withoutPortalCookies } from './cookies';
import { connectionOptions, foldedName } from './header-names';

export type Headers = Readonly<Record<string, string | string[]>>;

/** How long the body is, said anew: what the upstream reads must end where the gateway's own reading ended. */
const framing = ({ headers }: IncomingMessage): Headers => {
  if (headers['transfer-encoding'] !== undefined) return { 'transfer-encoding': 'chunked' };
  return headers['content-length'] === undefined ? {} : { 'content-length': headers['content-length'] };
};

/** Headers that the gateway sends to an upstream, and those that it removes from client requests. */
export interface Forwarding {
  /** The `Host` of the upstream. */
  readonly host: string;
  /** Where the request comes from. */
  readonly origin: Readonly<Record<string, string>>;
  /** Headers that identify the caller. */
  readonly identity: Readonly<Record<string, string>>;
  /** Checks whether a header, by its folded name, is removed from a client request. */
  readonly isRefused: (folded: string) => boolean;
}

const withoutPortal = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  headers.cookie === undefined ? headers : { ...headers, cookie: withoutPortalCookies(headers.cookie) };

/** The headers that an upstream gets: the client's, less what it may not say, then the gateway's own. */
export const requestHeaders = (request: IncomingMessage, own: Forwarding): Headers => {
  const named = connectionOptions(request.headers.connection);
  const kept = Object.entries(withoutPortal(request.headers)).filter((entry): entry is [string, string | string[]] => {
    const folded = foldedName(entry[0]);
    return entry[1] !== undefined && !own.isRefused(folded) && !named.has(folded);
  });
  return { host: own.host, ...Object.fromEntries(kept), ...own.origin, ...framing(request), ...own.identity };
};
