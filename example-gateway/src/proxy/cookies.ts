// What scopegate's Store calls its cookie, where the issuer is http and where it is https.
const storeCookies = new Set(['scopegate', '__Host-scopegate']);

const nameOf = (cookie: string): string => (cookie.split('=', 1)[0] ?? '').trim();

/**
 * A Cookie header without the Store's cookies, which are as good as a signed-in user. The rest stays as it came;
 * `undefined` when there is none.
 */
export const withoutStoreCookies = (header: string): string | undefined => {
  const cookies = header.split(';');
  const others = cookies.filter((cookie) => !storeCookies.has(nameOf(cookie)));
  if (others.length === cookies.length) return header;
  return others.every((cookie) => cookie.trim() === '') ? undefined : others.join(';').trim();
};

/** Whether a Set-Cookie header sets a cookie of the Store's. */
export const setsStoreCookie = (header: string): boolean => storeCookies.has(nameOf(header.split(';', 1)[0] ?? ''));
