// The cookies of the portal and the authorization endpoint, for an http issuer and for an https issuer.
const gateCookies = new Set(
  ['scopegate', 'scopegate-authorize', 'scopegate-language'].flatMap((name) => [name, `__Host-${name}`]),
);

/**
 * Returns the name of a cookie. `=name=value` sets a nameless cookie with the value `name=value`, which browsers send
 * back as `name=value`, so leading equals signs and blanks are skipped.
 */
const nameOf = (cookie: string): string => (cookie.replace(/^[=\s]+/, '').split('=', 1)[0] ?? '').trim();

/**
 * Removes the gate's cookies from a `Cookie` header, because most of them are credentials of a user's browser. The rest is
 * unchanged; `undefined` if nothing is left.
 */
export const withoutGateCookies = (header: string): string | undefined => {
  const cookies = header.split(';');
  const others = cookies.filter((cookie) => !gateCookies.has(nameOf(cookie)));
  if (others.length === cookies.length) return header;
  return others.every((cookie) => cookie.trim() === '') ? undefined : others.join(';').trim();
};

/** Checks whether a `Set-Cookie` header sets a cookie of the gate. */
export const setsGateCookie = (header: string): boolean => gateCookies.has(nameOf(header.split(';', 1)[0] ?? ''));
