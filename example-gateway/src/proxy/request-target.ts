/** Decodes each escape to one byte, so that escapes that are not UTF-8 cannot hide a name. */
const decode = (text: string): string =>
  text.replace(/\+/g, ' ').replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

const REFUSED = new Set(['access_token', '_method']);

/** Headers that some frameworks also read from the query; written without punctuation. */
const REFUSED_HEADERS = new Set(['xhttpmethod', 'xhttpmethodoverride', 'xmethodoverride']);

/**
 * The names under which lenient frameworks read a parameter: PHP cuts it at NUL, drops leading blanks, and reads a dot,
 * a blank or an open bracket as an underscore; others ignore case or read `name[key]` as a map.
 */
const namesOf = (pair: string): readonly string[] => {
  const [cut = ''] = decode(pair.split('=', 1)[0] ?? '').split('\0', 1);
  const name = cut.trim().toLowerCase();
  return [name, name.split('[', 1)[0] ?? ''].map((one) => one.replace(/[.\s[]/g, '_'));
};

/** A ticket that stands for an access token at a WebSocket handshake. Any other request that contains it leaves it unused. */
const TICKET = /^sgw_[\w-]{65}$/;

const hasTicket = (pair: string): boolean => TICKET.test(decode(pair.slice(pair.indexOf('=') + 1)).trim());

/**
 * Checks for a parameter to remove: a token or a ticket in a URL is a credential, and a method override would make the
 * upstream run another method than the one that was checked.
 */
const isRefused = (pair: string): boolean =>
  hasTicket(pair) || namesOf(pair).some((name) => REFUSED.has(name) || REFUSED_HEADERS.has(name.replace(/[-_]/g, '')));

/** Removes refused parameters from a part of the query between two `&`. Some frameworks also split at `;`. */
const withoutRefused = (part: string): readonly string[] => {
  const pairs = part.split(';');
  const kept = pairs.filter((pair) => !isRefused(pair));
  if (kept.length === pairs.length) return [part];
  return kept.length === 0 ? [] : [kept.join(';')];
};

/** Every refused parameter contains one of these words, or has an escaped character. Most queries match nothing of it. */
const MAY_BE_REFUSED = /%|access|method|sgw_/i;

/**
 * Returns the target for an upstream: the path byte for byte, the query without refused parameters. `target` is in
 * origin-form and canonical.
 */
export const upstreamTarget = (target: string): string => {
  const end = target.indexOf('?');
  if (end === -1) return target;
  const [path, query] = [target.slice(0, end), target.slice(end + 1)];
  const kept = MAY_BE_REFUSED.test(query) ? query.split('&').flatMap(withoutRefused).join('&') : query;
  return kept === '' ? path : `${path}?${kept}`;
};

/** The URL of a request at a mount path, as Express sets it. */
export interface MountedUrl {
  /** Below the mount path; Express adds the slash that the mount path itself lacks. */
  readonly url: string;
  readonly originalUrl: string;
  readonly baseUrl: string;
}

/** Returns what a request adds to the context: nothing, or only the query, for the context without a slash at its end. */
export const belowContext = ({ url, originalUrl, baseUrl }: MountedUrl): string =>
  originalUrl[baseUrl.length] === '/' ? url : url.slice(1);

/** Joins the path of an upstream and a target below the context. */
export const joinTarget = (
  { basePath, ownPath }: { readonly basePath: string; readonly ownPath: string },
  target: string,
): string => (target.startsWith('/') ? basePath : ownPath) + target;
