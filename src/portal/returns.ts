import type { Router } from './router';

const MAX_RETURN_LENGTH = 2_000;
const ANY_ORIGIN = 'http://portal.invalid';

/** Page after the sign-in if no other was requested. */
export const HOME = '/apis';

/**
 * Checks whether a browser may be redirected to an address after the sign-in: only to a page of this portal that
 * requires a sign-in, with its query, as browsers serialize it. Anything else is refused, so that no address can lead
 * out of the portal.
 */
export const isReturn = (router: Router, address: string): boolean => {
  if (!address.startsWith('/') || address.length > MAX_RETURN_LENGTH || !URL.canParse(ANY_ORIGIN + address))
    return false;
  const { origin, pathname, search } = new URL(ANY_ORIGIN + address);
  if (origin !== ANY_ORIGIN || pathname + search !== address) return false;
  // Excluded, because the root only redirects to the home page.
  return pathname !== '/' && router.isSignedInPage(pathname);
};

/** Returns the address if `isReturn` accepts it, otherwise the home page. */
export const returnOf = (router: Router, address: string | null | undefined): string =>
  address && isReturn(router, address) ? address : HOME;
