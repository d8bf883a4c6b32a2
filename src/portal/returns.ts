import type { Router } from './router';

const MAX_RETURN_LENGTH = 2_000;
const ANY_ORIGIN = 'http://portal.invalid';

/** Where somebody goes who asked for no page in particular. */
export const HOME = '/apis';

/**
 * Checks whether a browser may be sent to an address after the sign-in: a page of this portal for which one signs in, with its query,
 * written as browsers write it. Nothing else, so that no address can lead out of the portal.
 */
export const isReturn = (router: Router, address: string): boolean => {
  if (!address.startsWith('/') || address.length > MAX_RETURN_LENGTH || !URL.canParse(ANY_ORIGIN + address))
    return false;
  const { origin, pathname, search } = new URL(ANY_ORIGIN + address);
  if (origin !== ANY_ORIGIN || pathname + search !== address) return false;
  // The root only redirects to the home page.
  return pathname !== '/' && router.isSignedInPage(pathname);
};

/** The address if it is a return, otherwise the home page. */
export const returnOf = (router: Router, address: string | null | undefined): string =>
  address && isReturn(router, address) ? address : HOME;
