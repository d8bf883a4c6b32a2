/** Loopback hosts whose port is chosen by the client at run time (RFC 8252 §7.3), as URLs spell them. */
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

const MAX_LENGTH = 2_000;

// RFC 8252 §7.1: a private-use scheme is a reversed domain name, so it has a dot.
const PRIVATE_USE_SCHEME = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/;

// Printable ASCII without spaces and the characters that URL parsers drop or rewrite (RFC 3986 §2).
const URI = /^[a-z][a-z0-9+.-]*:[\x21\x24-\x3B\x3D\x3F-\x5B\x5D\x5F\x61-\x7A\x7E]+$/;

const isLoopback = ({ protocol, hostname }: URL): boolean => protocol === 'http:' && LOOPBACK_HOSTS.has(hostname);

/**
 * Returns what is wrong with a redirect URI that is to be registered, as the rest of a sentence; `undefined` if nothing is
 * (RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.1).
 */
export const redirectUriProblem = (text: string): string | undefined => {
  if (text.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (text.includes('#')) return 'must not have a fragment';
  if (!URI.test(text) || !URL.canParse(text))
    return 'is not an absolute URI in printable ASCII, with a scheme in lower case';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must not have a user name or a password';
  if (url.protocol === 'https:') return url.href.startsWith(text) ? undefined : `must be spelled ${url.href}`;
  if (isLoopback(url)) return undefined;
  if (url.protocol === 'http:') return 'must be https, or http on 127.0.0.1, [::1] or localhost';
  return PRIVATE_USE_SCHEME.test(url.protocol)
    ? undefined
    : 'must be https, http on a loopback host, or a private-use scheme with a dot, such as com.example.app:/callback';
};

/** Returns a loopback URI without its port; `undefined` for any other text. */
const withoutPort = (text: string): string | undefined => {
  const [, origin = '', rest = ''] =
    /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d{1,5})?((?:[/?].*)?)$/s.exec(text) ?? [];
  return origin === '' || !URL.canParse(text) ? undefined : origin + rest;
};

/**
 * Checks a redirect URI of a request against a registered one: byte for byte, except that the port of a loopback address
 * is the client's choice (RFC 8252 §7.3).
 */
export const isRegisteredRedirect = (sent: string, registered: readonly string[]): boolean => {
  if (registered.includes(sent)) return true;
  const loopback = withoutPort(sent);
  return loopback !== undefined && registered.some((uri) => withoutPort(uri) === loopback);
};
