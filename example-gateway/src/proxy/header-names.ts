/**
 * A header's name as upstreams see it that fold names (CGI, WSGI and their like): case and punctuation are lost, so
 * `X_Authenticated.Scope` and `x-authenticated-scope` are one.
 */
export const foldedName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

// RFC 9110 §7.6.1: meant for the next hop alone. Framing is made anew from what was parsed.
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
