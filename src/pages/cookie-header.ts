/** Returns the values of the cookies of a name in a Cookie header (RFC 6265 §5.4), in order. */
export const cookieValues = (header: string | undefined, name: string): readonly string[] =>
  (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));

/** Returns the name of a cookie that is only sent to the issuer's own host, if the issuer is https (RFC 6265bis §4.1.3.2). */
export const hostCookieName = (name: string, isSecure: boolean): string => (isSecure ? `__Host-${name}` : name);
