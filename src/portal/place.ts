import type { Request } from 'express';
import { browserOrigin, forwarded } from '../pages/origin';

/** Configured URLs and paths of a portal. */
export interface PublicAddresses {
  /** Public path of the portal; empty for the root of a host. `undefined`: where Express has mounted it. */
  readonly publicPath: string | undefined;
  /** Origin and path prefix of the APIs. `undefined`: those of the portal. */
  readonly apiUrl: string | undefined;
  readonly issuerOrigin: string;
}

/** Location of a request in the portal. */
export interface Place {
  /** Public path of the portal, in the browser's URLs: empty, or a path that begins with a slash. */
  readonly mount: string;
  /** Path below the mount, exactly as sent; `/` for the portal itself. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Scheme, host and port that the browser used. */
  readonly origin: string;
  /** Prefix of an API's context in requests from this page: empty, a path, or an origin with a path. */
  readonly apiBase: string;
}

const PREFIX = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+){1,16}$/;

/** Returns the prefix that a trusted proxy removed (`X-Forwarded-Prefix`); empty for anything but a plain path. */
const removedPrefix = (request: Request): string => {
  const prefix = forwarded(request, 'x-forwarded-prefix')?.replace(/\/$/, '') ?? '';
  return PREFIX.test(prefix) ? prefix : '';
};

/** Determines mount, path and origin of a request. Express's mount and path are used exactly as sent. */
export const placeOf = (request: Request, { publicPath, apiUrl, issuerOrigin }: PublicAddresses): Place => {
  const { baseUrl, url } = request;
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  const mount = publicPath ?? removedPrefix(request) + baseUrl;
  return {
    mount,
    path,
    query: new URLSearchParams(query === -1 ? '' : url.slice(query)),
    origin: browserOrigin(request, issuerOrigin),
    // A proxy that removes a prefix in front of the portal also removes it in front of the APIs beside the portal.
    apiBase: apiUrl ?? (mount.endsWith(baseUrl) ? mount.slice(0, mount.length - baseUrl.length) : ''),
  };
};

/** Returns path and query of a request, below the mount. */
export const addressOf = ({ path, query }: Pick<Place, 'path' | 'query'>): string =>
  query.size === 0 ? path : `${path}?${query.toString()}`;
