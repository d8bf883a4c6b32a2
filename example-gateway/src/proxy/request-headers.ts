import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { withoutPortalCookies } from './cookies';
import { connectionOptions, foldedName, isHopByHop, isIdentity } from './header-names';

type Headers = Readonly<Record<string, string | string[]>>;

// What a client may not say to an upstream, by folded name: credentials, who and where it is, another method or path
// than the one that was checked, and what the gateway answers itself.
const refused = new Set([
  'authorization',
  'expect',
  'forwarded',
  'host',
  'contentlength',
  'proxy',
  'via',
  'xhttpmethod',
  'xhttpmethodoverride',
  'xmethodoverride',
  'xoriginalurl',
  'xrealip',
  'xrewriteurl',
]);

const isRefused = (folded: string): boolean =>
  refused.has(folded) || isHopByHop(folded) || isIdentity(folded) || folded.startsWith('xforwarded');

/** How long the body is, said anew: what the upstream reads must end where the gateway's own reading ended. */
const framing = ({ headers }: IncomingMessage): Headers => {
  if (headers['transfer-encoding'] !== undefined) return { 'transfer-encoding': 'chunked' };
  return headers['content-length'] === undefined ? {} : { 'content-length': headers['content-length'] };
};

const forwarding = ({ headers, socket, httpVersion }: IncomingMessage, context: string): Headers => {
  const address = socket.remoteAddress ?? 'unknown';
  const protocol = 'encrypted' in socket ? 'https' : 'http';
  const { host } = headers;
  const node = address.includes(':') ? `"[${address}]"` : address;
  return {
    forwarded: `for=${node};proto=${protocol}${host === undefined ? '' : `;host="${host}"`}`,
    'x-forwarded-for': address,
    'x-forwarded-proto': protocol,
    ...(host === undefined ? {} : { 'x-forwarded-host': host }),
    'x-forwarded-prefix': context,
    via: [headers.via, `${httpVersion} example-gateway`].filter(Boolean).join(', '),
  };
};

export interface Forwarding {
  /** The `Host` of the upstream. */
  readonly host: string;
  /** The public prefix that was stripped. */
  readonly context: string;
  /** Who the caller is. */
  readonly identity: Readonly<Record<string, string>>;
}

const withoutPortal = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  headers.cookie === undefined ? headers : { ...headers, cookie: withoutPortalCookies(headers.cookie) };

/** The headers that an upstream gets: the client's, less what it may not say, then the gateway's own. */
export const requestHeaders = (request: IncomingMessage, { host, context, identity }: Forwarding): Headers => {
  const named = connectionOptions(request.headers.connection);
  const kept = Object.entries(withoutPortal(request.headers)).filter((entry): entry is [string, string | string[]] => {
    const folded = foldedName(entry[0]);
    return entry[1] !== undefined && !isRefused(folded) && !named.has(folded);
  });
  return { host, ...Object.fromEntries(kept), ...forwarding(request, context), ...framing(request), ...identity };
};
