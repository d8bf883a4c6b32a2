import type { Request } from 'express';
import { headerValues } from '../protocol/credentials';

/** A header that was sent twice matches nothing. */
const single = (request: Request, name: string): string | undefined => {
  const values = headerValues(request.rawHeaders, name);
  return values.length > 1 ? 'several' : values[0];
};

/** The function that Express compiles "trust proxy" to. */
type TrustsProxy = (address: string | undefined, hop: number) => boolean;

/** The value that a proxy has added for the browser, if Express's "trust proxy" trusts the sender of the request. */
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
 * The origin that the browser used: its `Host`, or the forwarded one of a trusted proxy. A proxy that ends TLS and is not
 * trusted leaves no trace of https, so the issuer's own host has the issuer's scheme. Without a usable host: the issuer's.
 */
export const browserOrigin = (request: Request, issuerOrigin: string): string => {
  const host = forwarded(request, 'x-forwarded-host') ?? single(request, 'host') ?? '';
  if (request.secure) return originOf('https', host) ?? issuerOrigin;
  const [scheme = ''] = issuerOrigin.split(':', 1);
  return originOf(scheme, host) === issuerOrigin ? issuerOrigin : (originOf('http', host) ?? issuerOrigin);
};

/** Checks whether a host of a URL is this machine. */
export const isLoopbackHost = (hostname: string): boolean =>
  /^(?:127(?:\.\d+){3}|\[::1\]|(?:.+\.)?localhost)$/.test(hostname);

/** Checks whether browsers treat an origin as a secure context: https, or a loopback host (W3C Secure Contexts §3.1). */
export const isTrustworthy = (origin: string): boolean => {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'https:' || isLoopbackHost(hostname);
};

/**
 * Checks whether a form comes from a page of the portal. Browsers state it in `Sec-Fetch-Site`; over plain http, where they do not
 * send it, `Origin` must be the origin that the browser used, or the issuer's if a proxy has replaced `Host`.
 */
export const isFromHere = (request: Request, origin: string, issuerOrigin: string): boolean => {
  const site = single(request, 'sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const sent = single(request, 'origin');
  return sent === undefined || sent === origin || sent === issuerOrigin;
};
