/**
 * Folds a header name as CGI, WSGI and similar upstreams do: without case and punctuation, so that
 * `X_Authenticated.Scope` and `x-authenticated-scope` are the same.
 */
export const foldedName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

// RFC 9110 §7.6.1: meant for the next hop only. Framing headers are generated from the parsed message.
const hopByHop = new Set([
  'connection',
  'keepalive',
  'proxyauthenticate',
  'proxyauthenticationinfo',
  'proxyauthorization',
  'proxyconnection',
  'http2settings',
  'te',
  'trailer',
  'transferencoding',
  'upgrade',
]);

/** Checks whether a header identifies the caller, so that only the gateway may set it. */
export const isIdentity = (folded: string): boolean => folded.startsWith('xauthenticated');

export const isHopByHop = (folded: string): boolean => hopByHop.has(folded);

/** The folded names that a message's own `Connection` header makes hop-by-hop. */
export const connectionOptions = (connection: string | undefined): ReadonlySet<string> =>
  new Set((connection ?? '').split(',').map(foldedName));
