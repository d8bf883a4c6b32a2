import type { Request } from 'express';
import { headerValues } from '../protocol/credentials';

/** Of a header that stands twice nothing is believed. */
const single = (request: Request, name: string): string | undefined => {
  const values = headerValues(request.rawHeaders, name);
  return values.length > 1 ? 'several' : values[0];
};

const hostOf = (origin: string): string | undefined => {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
};

/**
 * Whether a form comes from a page of this host. Browsers say so in `Sec-Fetch-Site`; where they do not, because the page
 * came by plain http, `Origin` says it. A page without referrers sends `null` there, as a foreign one in a sandbox does: then
 * the form's token has to decide, and never over https.
 */
export const isFromHere = (request: Request, issuerOrigin: string): boolean => {
  const site = single(request, 'sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = single(request, 'origin');
  if (origin === undefined) return true;
  if (origin === 'null') return !issuerOrigin.startsWith('https:');
  return origin === issuerOrigin || (hostOf(origin) !== undefined && hostOf(origin) === request.headers.host);
};
