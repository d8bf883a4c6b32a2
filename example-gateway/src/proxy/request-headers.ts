import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { withoutGateCookies } from './cookies';
import { connectionOptions, foldedName } from './header-names';

export type Headers = Readonly<Record<string, string | string[]>>;

/**
 * Generates the framing header, so that the upstream reads the body up to exactly the same end as the gateway did. A
 * body without a length is sent in chunks.
 */
const framing = ({ headers }: IncomingMessage): Headers =>
  headers['content-length'] === undefined ? {} : { 'content-length': headers['content-length'] };

/** Headers that the gateway sends to an upstream, and those that it removes from client requests. */
export interface Forwarding {
  /** The `Host` of the upstream. */
  readonly host: string;
  /** The forwarding headers. */
  readonly origin: Readonly<Record<string, string>>;
  /** The id of the request, which the gateway also returns to the client. */
  readonly requestId: string;
  /** Headers with the trace context; none if requests are not traced. */
  readonly trace: Readonly<Record<string, string>>;
  /** Headers that identify the caller. */
  readonly identity: Readonly<Record<string, string>>;
  /** Checks whether a header, by its folded name, is removed from a client request. */
  readonly isRefused: (folded: string) => boolean;
}

const withoutPortal = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  headers.cookie === undefined ? headers : { ...headers, cookie: withoutGateCookies(headers.cookie) };

/** Returns the headers for an upstream: the client's without the refused ones, then those of the gateway. */
export const requestHeaders = (request: IncomingMessage, forwarding: Forwarding): Headers => {
  const named = connectionOptions(request.headers.connection);
  const headers: Record<string, string | string[]> = { host: forwarding.host };
  for (const [name, value] of Object.entries(withoutPortal(request.headers))) {
    const folded = foldedName(name);
    if (value !== undefined && !forwarding.isRefused(folded) && !named.has(folded)) headers[name] = value;
  }
  Object.assign(headers, forwarding.origin, forwarding.trace, framing(request), forwarding.identity);
  headers['x-request-id'] = forwarding.requestId;
  return headers;
};
