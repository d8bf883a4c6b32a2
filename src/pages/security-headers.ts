import { isTrustworthy } from './origin';

/** Other origins that a page needs. */
export interface PageTargets {
  /** Origin to which scripts of the page may send requests. @default none */
  readonly connectTo?: string | undefined;
  /** Source expressions (CSP3 §2.3.1) of other addresses to which a form of the page can lead. @default none */
  readonly formsTo?: string | undefined;
}

const withOwn = (other: string | undefined): string => (other === undefined ? "'self'" : `'self' ${other}`);

const policyFor = ({ connectTo, formsTo }: PageTargets): string =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    `connect-src ${withOwn(connectTo)}`,
    `form-action ${withOwn(formsTo)}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Returns the headers of a page that do not depend on the origin at which a browser reads it. */
export const pageHeaders = (targets: PageTargets): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': policyFor(targets),
  // With `no-referrer` browsers send `Origin: null` with forms of the same origin.
  'Referrer-Policy': 'same-origin',
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
  const plain = pageHeaders({ connectTo });
  // Browsers ignore this header outside secure contexts and log an error.
  const secure = { ...plain, 'Cross-Origin-Opener-Policy': 'same-origin' };
  return (origin: string): Readonly<Record<string, string>> => (isTrustworthy(origin) ? secure : plain);
};
