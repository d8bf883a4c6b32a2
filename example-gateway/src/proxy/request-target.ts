const readName = (pair: string): string => {
  const written = pair.split('=', 1)[0]?.replace(/\+/g, ' ') ?? '';
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
};

/** A token in a URL is a credential; `_method` would make the upstream run another method than the one checked. */
const isRefused = (pair: string): boolean => /^(?:access_token|_method)(?:\[|$)/.test(readName(pair));

/**
 * The target that an upstream gets: the path byte for byte, the query without what a client may not say to it.
 * `target` is origin-form and canonical.
 */
export const upstreamTarget = (target: string): string => {
  const [path = '', ...rest] = target.split('?');
  // The proxy library takes `http:/` inside a path for the start of an address and adds a slash.
  const safePath = path.replace(/(https?):(?=\/)/g, '$1%3A');
  if (rest.length === 0) return safePath;
  const query = rest
    .join('?')
    .split('&')
    .filter((pair) => !isRefused(pair))
    .join('&');
  return query === '' ? safePath : `${safePath}?${query}`;
};
