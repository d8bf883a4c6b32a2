import type { RedirectUriFault } from './problems';

/** Loopback hosts whose port is chosen by the client at run time (RFC 8252 §7.3), as URLs spell them. */
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

const MAX_LENGTH = 2_000;

// RFC 8252 §7.1: a private-use scheme is a reversed domain name, so it has a dot.
const PRIVATE_USE_SCHEME = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/;

// Printable ASCII without spaces and the characters that URL parsers drop or rewrite (RFC 3986 §2).
const URI = /^[a-z][a-z0-9+.-]*:[\x21\x24-\x3B\x3D\x3F-\x5B\x5D\x5F\x61-\x7A\x7E]+$/;

const MALFORMED_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

// Excludes the asterisk, which URL parsers accept in a host.
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/;

/** Parameters of authorization responses (RFC 6749 §4.1.2, RFC 9207 §2), which are added to the query. */
const RESPONSE_PARAMETERS = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri'] as const;

const SENTENCES: Readonly<
  Record<Exclude<RedirectUriFault['name'], 'too_long' | 'spelling' | 'response_parameter'>, string>
> = {
  fragment: 'must not have a fragment',
  malformed: 'is not an absolute URI in printable ASCII, with a scheme in lower case',
  credentials: 'must not have a user name or a password',
  wildcard_host: 'must name one host, without a wildcard',
  not_https: 'must be https, or http on 127.0.0.1, [::1] or localhost',
  scheme:
    'must be https, http on a loopback host, or a private-use scheme with a dot, such as com.example.app:/callback',
};

const faultOfOrigin = ({ protocol, hostname }: URL): RedirectUriFault | undefined => {
  if (protocol === 'https:') return HOST.test(hostname) ? undefined : { name: 'wildcard_host' };
  if (protocol === 'http:') return LOOPBACK_HOSTS.has(hostname) ? undefined : { name: 'not_https' };
  return PRIVATE_USE_SCHEME.test(protocol) ? undefined : { name: 'scheme' };
};

/**
 * Returns the fault of a redirect URI that is to be registered; `undefined` if it has none (RFC 6749 §3.1.2, RFC 8252 §7,
 * RFC 9700 §2.1). An accepted text is one that URL parsers do not change, except that the slash of an empty path may be
 * left out.
 */
export const redirectUriFault = (text: string): RedirectUriFault | undefined => {
  if (text.length > MAX_LENGTH) return { name: 'too_long', max: MAX_LENGTH };
  if (text.includes('#')) return { name: 'fragment' };
  if (!URI.test(text) || MALFORMED_ESCAPE.test(text) || !URL.canParse(text)) return { name: 'malformed' };
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return { name: 'credentials' };
  const fault = faultOfOrigin(url);
  if (fault !== undefined) return fault;
  if (url.href !== text && url.href !== `${text}/`) return { name: 'spelling', expected: url.href };
  const parameter = RESPONSE_PARAMETERS.find((name) => url.searchParams.has(name));
  return parameter === undefined ? undefined : { name: 'response_parameter', parameter };
};

const describe = (fault: RedirectUriFault): string => {
  if (fault.name === 'too_long') return `is longer than ${fault.max} characters`;
  if (fault.name === 'spelling') return `must be spelled ${fault.expected}`;
  if (fault.name === 'response_parameter') return `must not have ${fault.parameter} in its query: the response adds it`;
  return SENTENCES[fault.name];
};

/** Returns the fault of a redirect URI as the rest of a sentence; `undefined` if it has none. */
export const redirectUriProblem = (text: string): string | undefined => {
  const fault = redirectUriFault(text);
  return fault === undefined ? undefined : describe(fault);
};

/** Returns a loopback URI without its port; `undefined` for any other text. */
const withoutPort = (text: string): string | undefined => {
  const [, origin = '', rest = ''] =
    /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d{1,5})?((?:[/?].*)?)$/s.exec(text) ?? [];
  return origin === '' || !URL.canParse(text) ? undefined : origin + rest;
};

/**
 * Checks a redirect URI of a request against the registered ones: byte for byte, except that the port of a loopback
 * address is the client's choice (RFC 8252 §7.3).
 */
export const isRegisteredRedirect = (sent: string, registered: readonly string[]): boolean => {
  if (registered.includes(sent)) return true;
  const loopback = withoutPort(sent);
  return loopback !== undefined && registered.some((uri) => withoutPort(uri) === loopback);
};
