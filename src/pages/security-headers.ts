import { isTrustworthy } from './origin';

const policyFor = (connectTo: string | undefined): string =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    connectTo === undefined ? "connect-src 'self'" : `connect-src 'self' ${connectTo}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const headersOf = (connectTo: string | undefined, isSecureContext: boolean): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': policyFor(connectTo),
  // With `no-referrer` browsers send `Origin: null` with forms of the same origin.
  'Referrer-Policy': 'same-origin',
  // Browsers ignore this header outside secure contexts and log an error.
  ...(isSecureContext ? { 'Cross-Origin-Opener-Policy': 'same-origin' } : {}),
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
});

/**
 * Creates the function that returns the headers of every response to a browser at an origin.
 * @param connectTo is another origin to which scripts of the pages may send requests
 */
export const securityHeaders = (connectTo: string | undefined) => {
  const [secure, plain] = [headersOf(connectTo, true), headersOf(connectTo, false)];
  return (origin: string): Readonly<Record<string, string>> => (isTrustworthy(origin) ? secure : plain);
};
