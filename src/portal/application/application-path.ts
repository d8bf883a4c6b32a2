const PLAIN_ID = /^[\w-]+$/;
const ENCODED = '~';

/**
 * Returns the path of an application's pages. The id of a declared application is its consumer key, which may contain
 * characters that a path can have in several spellings, so it is encoded then.
 */
export const applicationPath = (id: string): string =>
  `/applications/${PLAIN_ID.test(id) ? id : `${ENCODED}${Buffer.from(id).toString('base64url')}`}`;

/** Reads the id in a segment of such a path. */
export const readApplicationId = (segment = ''): string =>
  segment.startsWith(ENCODED) ? Buffer.from(segment.slice(ENCODED.length), 'base64url').toString() : segment;
