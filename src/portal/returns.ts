import { PathTree } from '../access/path-tree';
import { isCanonicalTarget } from '../protocol/paths';

const MAX_RETURN_LENGTH = 2_000;
const ANY_ORIGIN = 'http://portal.invalid';

/** Page after the sign-in if no other was requested. */
export const HOME = '/apis';

/** The fields of a page that determine whether a browser may be redirected to it. */
export interface ReturnPage {
  readonly path: string;
  readonly isReturnTarget: boolean;
}

/** Addresses to which a browser may be redirected after the sign-in. */
export class ReturnAddresses {
  readonly #pages = new PathTree<ReturnPage>();

  constructor(pages: readonly ReturnPage[]) {
    for (const page of pages) this.#pages.add(page.path, 'GET', page);
  }

  /**
   * Checks whether a browser may be redirected to an address after the sign-in: only to a page of this portal that
   * permits it, with its query, as browsers serialize it. Anything else is refused, so that no address can lead out of
   * the portal.
   */
  allows(address: string): boolean {
    return this.#pageAt(address)?.isReturnTarget === true;
  }

  /** Returns the address if it is allowed, otherwise the home page. */
  orHome(address: string | null | undefined): string {
    return address && this.allows(address) ? address : HOME;
  }

  /** Returns the address if it is one of any page of this portal, otherwise the home page. Opening a page has no effect. */
  pageOrHome(address: string | null | undefined): string {
    return address && this.#pageAt(address) !== undefined ? address : HOME;
  }

  #pageAt(address: string): ReturnPage | undefined {
    if (!address.startsWith('/') || address.length > MAX_RETURN_LENGTH) return undefined;
    if (!URL.canParse(ANY_ORIGIN + address)) return undefined;
    const { origin, pathname, search } = new URL(ANY_ORIGIN + address);
    if (origin !== ANY_ORIGIN || pathname + search !== address || !isCanonicalTarget(pathname)) return undefined;
    return this.#pages.find(pathname)?.leaf.get('GET');
  }
}
