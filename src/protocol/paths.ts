// Characters allowed unescaped in a path (RFC 3986 §3.3), except the semicolon, at which some servers cut segments.
const plainSegment = /^[A-Za-z0-9\-._~!$&'()*+,=:@]*$/;

// Escapes of characters that a router, a file system or another decoder would treat specially.
const dangerousEscape = /%(?:[01][0-9A-Fa-f]|7[Ff]|25(?=[0-9A-Fa-f]{2})|2[Ff]|5[Cc]|3[Bb])/;

// Letters and digits (RFC 3986 §2.3). No client escapes them, so an escaped one is an attempt to bypass a rule.
const alphanumeric = /[A-Za-z0-9]/;

const isCanonicalSegment = (segment: string): boolean => {
  if (segment === '.' || segment === '..') return false;
  if (plainSegment.test(segment)) return true;
  if (!plainSegment.test(segment.replace(/%[0-9A-Fa-f]{2}/g, ''))) return false;
  if (dangerousEscape.test(segment)) return false;
  try {
    if (/\p{Cc}/u.test(decodeURIComponent(segment))) return false;
  } catch {
    return false; // bytes that are not UTF-8, including overlong forms
  }
  return ![...segment.matchAll(/%([0-9A-Fa-f]{2})/g)].some(([, hex]) =>
    alphanumeric.test(String.fromCharCode(Number.parseInt(hex ?? '', 16))),
  );
};

/** Returns the path of an origin-form target (RFC 9112 §3.2.1) without its query; `undefined` for other forms. */
export const pathOf = (target: string): string | undefined => {
  if (!target.startsWith('/')) return undefined;
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
};

// Escapes of unreserved punctuation (RFC 3986 §2.3). Some clients send them.
const needlessEscape = /%(?:2[DE]|5F|7E)/gi;

/**
 * Decodes the escapes `%2D`, `%2E`, `%5F` and `%7E` in a target's path to the equivalent characters `-`, `.`, `_` and
 * `~` (RFC 3986 §6.2.2.2). The query is left unchanged.
 */
export const withoutNeedlessEscapes = (target: string): string => {
  if (!target.includes('%')) return target;
  const path = pathOf(target);
  return path === undefined ? target : path.replace(needlessEscape, decodeURIComponent) + target.slice(path.length);
};

/**
 * Checks that a request target can be interpreted in only one way: origin form; no empty segment except the last, no
 * `.` or `..` segment; no escape of a letter, digit, slash, backslash, semicolon or control character, nor of a percent
 * sign before two hex digits; valid UTF-8; no raw character outside RFC 3986. Characters that RFC 3986 reserves for
 * other uses (`@`, `:`, `$` and the like) may be raw or escaped, because clients send both. A router, a guard and an
 * upstream agree on such a path; on any other they may not.
 */
export const isCanonicalTarget = (target: string): boolean => {
  const path = pathOf(target);
  if (path === undefined || !/^[\x21\x22\x24-\x7E]*$/.test(target.slice(path.length))) return false;
  const segments = withoutNeedlessEscapes(path).slice(1).split('/');
  return segments.every(
    (segment, index) => isCanonicalSegment(segment) && (segment !== '' || index === segments.length - 1),
  );
};
