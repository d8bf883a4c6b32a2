import type { RequestHandler } from 'express';
import type { Portal } from './configuration/portal';

/**
 * Redirects a browser from the root of the host to the portal. Programs, which do not ask for HTML, are not redirected.
 * The location is relative, because a proxy may have removed a prefix.
 */
export const openPortalAtRoot =
  ({ path, options: { publicPath } }: Portal): RequestHandler =>
  (request, response, next) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const wantsHtml = (request.headers.accept ?? '').toLowerCase().includes('text/html');
    if (!isRead || request.path !== '/' || !wantsHtml) return next();
    response
      .writeHead(302, { Location: publicPath ?? path.slice(1), Vary: 'Accept', 'Cache-Control': 'no-store' })
      .end();
  };
