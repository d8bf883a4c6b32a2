import type { Request } from 'express';
import { browserOrigin, forwarded } from './origin';

/** The configured addresses of a portal. */
export interface PublicAddresses {
  /** The portal's path as browsers see it; empty for the root of a host. Left out: where Express has mounted it. */
  readonly publicPath: string | undefined;
  /** Origin and path prefix of the APIs. Left out: those of the portal. */
  readonly apiUrl: string | undefined;
  readonly issuerOrigin: string;
}

/** Where a request meets the portal. */
export interface Place {
  /** The portal's path as the browser sees it: empty, or a path that begins with a slash. */
  readonly mount: string;
  /** Below the mount, as it was sent; `/` for the portal itself. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Scheme, host and port that the browser used. */
  readonly origin: string;
  /** The prefix before the context of an API in a request of this page: empty, a path, or an origin with a path. */
  readonly apiBase: string;
}

const PREFIX = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+){1,16}$/;

/** The path that a trusted proxy has removed, from `X-Forwarded-Prefix`; anything but a plain path counts as none. */
const removedPrefix = (request: Request): string => {
  const prefix = forwarded(request, 'x-forwarded-prefix')?.replace(/\/$/, '') ?? '';
  return PREFIX.test(prefix) ? prefix : '';
};

/** Finds mount, path and origin of a request. Express's mount and path stay as they were sent. */
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
    // What a proxy removes in front of the portal it removes in front of its neighbours, the APIs.
    apiBase: apiUrl ?? (mount.endsWith(baseUrl) ? mount.slice(0, mount.length - baseUrl.length) : ''),
  };
};
