/** Splits `Cache-Control` into directives. A comma inside quotes is not a separator. */
const directivesOf = (value: string): readonly string[] =>
  (value.match(/(?:"(?:[^"\\]|\\.)*"|[^,])+/g) ?? []).map((directive) => directive.trim()).filter(Boolean);

const nameOf = (directive: string): string => (directive.split('=', 1)[0] ?? '').trim().toLowerCase();

/** Directives that let a shared cache store the answer to a request with `Authorization` (RFC 9111 §3.5). */
const SHARING = new Set(['public', 's-maxage', 'must-revalidate']);

/** Directives that `private` replaces. */
const REPLACED = new Set(['public', 's-maxage', 'private']);

/**
 * Returns the `Cache-Control` of a guarded response so that no shared cache stores it. The upstream does not receive
 * `Authorization` and may declare its response public. A value that already keeps shared caches out is unchanged.
 */
export const privateCacheControl = (value: string): string => {
  const directives = directivesOf(value);
  if (!directives.some((directive) => SHARING.has(nameOf(directive)))) return value;
  return ['private', ...directives.filter((directive) => !REPLACED.has(nameOf(directive)))].join(', ');
};

/** Checks whether a header, by its folded name, is a `Cache-Control` targeted at certain caches (RFC 9213). */
export const isTargetedCacheControl = (folded: string): boolean =>
  (folded.endsWith('cachecontrol') && folded !== 'cachecontrol') ||
  ['surrogatecontrol', 'edgecontrol', 'xaccelexpires'].includes(folded);
