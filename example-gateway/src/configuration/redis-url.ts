import { isIP } from 'node:net';

const RULE = 'must be redis://host:port, rediss:// for TLS, or the path of a Unix socket';

/** A host or an IPv6 address in brackets, then an optional port. */
const SERVER = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d*))?$/;

const MAX_PORT = 65_535;

/** Checks `user:password@host:port/db?option=value` after the scheme. The password must not hold `/?#` or blanks. */
const problemOfServer = (rest: string): string | undefined => {
  // No message quotes the address, because it holds a password.
  const [address = '', ...fragment] = rest.split('#');
  const [beforeQuery = ''] = address.split('?', 1);
  const [authority = '', ...path] = beforeQuery.split('/');
  const at = authority.lastIndexOf('@');
  const server = authority.slice(at + 1);
  const user = at === -1 ? '' : authority.slice(0, at);
  if (fragment.length > 0) return 'has a #; in a password write %23 for it';
  if (user.includes('@') || (at === -1 && rest.includes('@'))) {
    return 'has a character in its password that must be percent-encoded: %2F for /, %3F for ?, %40 for @';
  }
  if (/%(?![0-9A-Fa-f]{2})/.test(user)) return 'has a % in its password; write %25 for it';
  if (server === '' || server.startsWith(':')) return 'names no host: write redis://host:port';
  if (server.includes(',')) return 'names several servers; write one';
  const [, host, port] = SERVER.exec(server) ?? [];
  if (host === undefined || (/^[\d.]+$/.test(host) && isIP(host) === 0))
    return `names an invalid host or port: it ${RULE}`;
  if (port !== undefined && (port === '' || Number(port) < 1 || Number(port) > MAX_PORT)) {
    return `has a port that is not from 1 to ${MAX_PORT}`;
  }
  const db = path.join('/');
  if (!/^\d{0,5}$/.test(db)) return 'has a database that is not a number: write redis://host:port/0';
  return isReadable(rest) ? undefined : RULE;
};

/** Checks whether the client's own parser accepts the address: it throws for escapes that are not UTF-8. */
const isReadable = (rest: string): boolean => {
  try {
    const { username, password, hostname } = new URL(`redis://${rest}`);
    decodeURIComponent(username);
    decodeURIComponent(password);
    return hostname !== '';
  } catch {
    return false;
  }
};

/**
 * Returns the error in an address of Redis as the end of a sentence, or `undefined` for a valid address. The sentence
 * quotes no part of the address, which may hold a password.
 */
export const problemOfRedisUrl = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return RULE;
  if (/\s/.test(value)) return 'has a blank; in a password write %20 for it';
  if (/[^\x21-\x7E]/.test(value)) return 'has a character that is not ASCII; percent-encode it as UTF-8';
  if (/^(?:unix:\/\/)?\/[^/]/.test(value)) return undefined;
  const [, rest] = /^rediss?:\/\/(.*)$/.exec(value) ?? [];
  return rest === undefined ? RULE : problemOfServer(rest);
};
