const MAX_CACHED_NAMES = 1_000;
const MAX_CACHED_LENGTH = 64;

/**
 * Caches what a function returns for the name of a header, because most requests have the same few. Clients choose the
 * names, so the cache is limited.
 */
export const cachedByName = <T extends string | boolean>(read: (name: string) => T): ((name: string) => T) => {
  const cache = new Map<string, T>();
  return (name) => {
    const cached = cache.get(name);
    if (cached !== undefined) return cached;
    const result = read(name);
    if (name.length > MAX_CACHED_LENGTH) return result;
    if (cache.size >= MAX_CACHED_NAMES) cache.clear();
    cache.set(name, result);
    return result;
  };
};

/**
 * Folds a header name as CGI, WSGI and similar upstreams do: without case and punctuation, so that
 * `X_Authenticated.Scope` and `x-authenticated-scope` are the same.
 */
export const foldedName = cachedByName((name) => name.toLowerCase().replace(/[^a-z0-9]/g, ''));

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

const NO_OPTIONS: ReadonlySet<string> = new Set();

/** The folded names that a message's own `Connection` header makes hop-by-hop. */
export const connectionOptions = (connection = ''): ReadonlySet<string> =>
  connection === '' ? NO_OPTIONS : new Set(connection.split(',').map(foldedName).filter(Boolean));
