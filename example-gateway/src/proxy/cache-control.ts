/** The directives of `Cache-Control` field lines. A comma inside quotes separates nothing. */
const directivesOf = (value: string): readonly string[] =>
  (value.match(/(?:"(?:[^"\\]|\\.)*"|[^,])+/g) ?? []).map((directive) => directive.trim()).filter(Boolean);

const nameOf = (directive: string): string => (directive.split('=', 1)[0] ?? '').trim().toLowerCase();

/** Directives that let a shared cache store the answer to a request with `Authorization` (RFC 9111 §3.5). */
const SHARING = new Set(['public', 's-maxage', 'must-revalidate']);

/** Directives of which `private` takes the place. */
const REPLACED = new Set(['public', 's-maxage', 'private']);

/**
 * Returns `Cache-Control` of a guarded answer so that no shared cache stores it. The upstream sees no `Authorization`
 * and may take its answer for one to everybody. A value that lets no shared cache store it stays as it is.
 */
export const privateCacheControl = (value: string): string => {
  const directives = directivesOf(value);
  if (!directives.some((directive) => SHARING.has(nameOf(directive)))) return value;
  return ['private', ...directives.filter((directive) => !REPLACED.has(nameOf(directive)))].join(', ');
};

/** Checks whether a header, by its folded name, is a targeted `Cache-Control` for some caches (RFC 9213). */
export const isTargetedCacheControl = (folded: string): boolean =>
  (folded.endsWith('cachecontrol') && folded !== 'cachecontrol') ||
  ['surrogatecontrol', 'edgecontrol', 'xaccelexpires'].includes(folded);
