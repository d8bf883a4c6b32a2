// The names of the portal's cookie, for an http issuer and for an https issuer.
const portalCookies = new Set(['scopegate', '__Host-scopegate']);

/**
 * Returns the name of a cookie. `=name=value` sets a nameless cookie with the value `name=value`, which browsers send
 * back as `name=value`, so leading equals signs and blanks are skipped.
 */
const nameOf = (cookie: string): string => (cookie.replace(/^[=\s]+/, '').split('=', 1)[0] ?? '').trim();

/**
 * Removes the portal's cookies from a `Cookie` header, because they are credentials of a signed-in user. The rest is
 * unchanged; `undefined` if nothing is left.
 */
export const withoutPortalCookies = (header: string): string | undefined => {
  const cookies = header.split(';');
  const others = cookies.filter((cookie) => !portalCookies.has(nameOf(cookie)));
  if (others.length === cookies.length) return header;
  return others.every((cookie) => cookie.trim() === '') ? undefined : others.join(';').trim();
};

/** Checks whether a `Set-Cookie` header sets a cookie of the portal. */
export const setsPortalCookie = (header: string): boolean => portalCookies.has(nameOf(header.split(';', 1)[0] ?? ''));
