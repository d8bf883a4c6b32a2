/** One byte for each escape, so that escapes which are not UTF-8 hide nothing. */
const decode = (text: string): string =>
  text.replace(/\+/g, ' ').replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

const REFUSED = new Set(['access_token', '_method']);

/** Headers that some frameworks read from the query as well, without punctuation. */
const REFUSED_HEADERS = new Set(['xhttpmethod', 'xhttpmethodoverride', 'xmethodoverride']);

/**
 * The names that lenient readers make of a parameter's: PHP cuts it at NUL, drops blanks in front, and reads a dot, a
 * blank or an open bracket as an underscore; others ignore case or read `name[key]` as a map.
 */
const namesOf = (pair: string): readonly string[] => {
  const [cut = ''] = decode(pair.split('=', 1)[0] ?? '').split('\0', 1);
  const name = cut.trim().toLowerCase();
  return [name, name.split('[', 1)[0] ?? ''].map((one) => one.replace(/[.\s[]/g, '_'));
};

/**
 * A token in a URL is a credential; a method override would make the upstream run another method than the one that was
 * checked.
 */
const isRefused = (pair: string): boolean =>
  namesOf(pair).some((name) => REFUSED.has(name) || REFUSED_HEADERS.has(name.replace(/[-_]/g, '')));

/** A part of the query between two `&`, without what is refused. Some readers take `;` for a separator as well. */
const withoutRefused = (part: string): readonly string[] => {
  const pairs = part.split(';');
  const kept = pairs.filter((pair) => !isRefused(pair));
  if (kept.length === pairs.length) return [part];
  return kept.length === 0 ? [] : [kept.join(';')];
};

/**
 * The target that an upstream gets: the path byte for byte, the query without what a client may not say to it.
 * `target` is origin-form and canonical.
 */
export const upstreamTarget = (target: string): string => {
  const [path = '', ...rest] = target.split('?');
  // The proxy library takes `http:/` inside a path for the start of an address and adds a slash.
  const safePath = path.replace(/(https?):(?=\/)/g, '$1%3A');
  if (rest.length === 0) return safePath;
  const query = rest.join('?').split('&').flatMap(withoutRefused).join('&');
  return query === '' ? safePath : `${safePath}?${query}`;
};
