// What scopegate's portal calls its cookie, where the issuer is http and where it is https.
const portalCookies = new Set(['scopegate', '__Host-scopegate']);

/**
 * The name of a cookie. `=name=value` sets a cookie without a name whose value is `name=value`, and browsers send it
 * back as that, so names are read from behind leading equals signs and blanks.
 */
const nameOf = (cookie: string): string => (cookie.replace(/^[=\s]+/, '').split('=', 1)[0] ?? '').trim();

/**
 * A Cookie header without the portal's cookies, which are as good as a signed-in user. The rest stays as it came;
 * `undefined` when there is none.
 */
export const withoutPortalCookies = (header: string): string | undefined => {
  const cookies = header.split(';');
  const others = cookies.filter((cookie) => !portalCookies.has(nameOf(cookie)));
  if (others.length === cookies.length) return header;
  return others.every((cookie) => cookie.trim() === '') ? undefined : others.join(';').trim();
};

/** Checks whether a Set-Cookie header sets a cookie of the portal's. */
export const setsPortalCookie = (header: string): boolean => portalCookies.has(nameOf(header.split(';', 1)[0] ?? ''));
