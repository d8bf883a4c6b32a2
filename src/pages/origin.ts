import type { Request } from 'express';
import { headerValues } from '../protocol/credentials';

/** Returns the value of a header. If the header was sent more than once, the result matches nothing. */
const single = (request: Request, name: string): string | undefined => {
  const values = headerValues(request.rawHeaders, name);
  return values.length > 1 ? 'several' : values[0];
};

/** The function that Express compiles "trust proxy" to. */
type TrustsProxy = (address: string | undefined, hop: number) => boolean;

/** Returns the browser's value from a forwarding header, if Express's "trust proxy" trusts the connection's peer. */
export const forwarded = (request: Request, name: string): string | undefined => {
  const value = request.headers[name];
  const trusts = request.app.get('trust proxy fn') as TrustsProxy | undefined;
  if (typeof value !== 'string' || trusts?.(request.socket.remoteAddress, 0) !== true) return undefined;
  return value.split(',', 1)[0]?.trim();
};

const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

const originOf = (scheme: string, host: string): string | undefined =>
  HOST.test(host) && URL.canParse(`${scheme}://${host}`) ? new URL(`${scheme}://${host}`).origin : undefined;

/**
 * Returns the origin that the browser used, from `Host` or from `X-Forwarded-Host` of a trusted proxy. An untrusted
 * proxy that terminates TLS leaves no trace of https, so the issuer's own host is assumed to use the issuer's scheme.
 * Without a usable host, the result is the issuer's origin.
 */
export const browserOrigin = (request: Request, issuerOrigin: string): string => {
  const host = forwarded(request, 'x-forwarded-host') ?? single(request, 'host') ?? '';
  if (request.secure) return originOf('https', host) ?? issuerOrigin;
  const [scheme = ''] = issuerOrigin.split(':', 1);
  return originOf(scheme, host) === issuerOrigin ? issuerOrigin : (originOf('http', host) ?? issuerOrigin);
};

/** Checks whether the host of a URL is a loopback host. */
export const isLoopbackHost = (hostname: string): boolean =>
  /^(?:127(?:\.\d+){3}|\[::1\]|(?:.+\.)?localhost)$/.test(hostname);

/** Checks whether browsers treat an origin as a secure context: https or a loopback host (W3C Secure Contexts §3.1). */
export const isTrustworthy = (origin: string): boolean => {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'https:' || isLoopbackHost(hostname);
};

/**
 * Checks whether a form was sent by a page of this host. Browsers state this in `Sec-Fetch-Site`, which they omit over
 * plain http. In that case `Origin`, if present, must be the origin that the browser used, or the issuer's origin if a
 * proxy has replaced `Host`.
 */
export const isFromHere = (request: Request, origin: string, issuerOrigin: string): boolean => {
  const site = single(request, 'sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const sent = single(request, 'origin');
  return sent === undefined || sent === origin || sent === issuerOrigin;
};
