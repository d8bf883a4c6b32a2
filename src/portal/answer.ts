import type { Response } from 'express';
import { send as sendReply } from '../endpoints/endpoint';
import type { Html } from './html';

/** Result of a page handler. The portal adds the layout to a page. */
export type Answer =
  | {
      readonly kind: 'page';
      /** @default 200 */
      readonly status?: number;
      readonly title: string;
      readonly body: Html;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cookie?: string;
      /** A page of the portal that is linked below the body. */
      readonly next?: { readonly to: string; readonly text: string };
    }
  /** 303 See Other (RFC 9110 §15.4.4), as after a form, to a path below the mount. */
  | { readonly kind: 'redirect'; readonly to: string; readonly cookie?: string }
  | { readonly kind: 'json'; readonly status?: number; readonly value: unknown };

export const page = (title: string, body: Html, status = 200): Answer => ({ kind: 'page', status, title, body });

/** Redirects to a path of the portal. @param cookie is a new id for the visitor, sent in the portal's cookie */
export const redirect = (to: string, cookie?: string): Answer => ({
  kind: 'redirect',
  to,
  ...(cookie === undefined ? {} : { cookie }),
});

/** Builds the Content-Security-Policy. Try it sends requests to `apiOrigin`, or to the page's origin if `undefined`. */
const policyFor = (apiOrigin: string | undefined): string =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    apiOrigin === undefined ? "connect-src 'self'" : `connect-src 'self' ${apiOrigin}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Returns the headers of every response of the portal. */
export const headersOf = (
  apiOrigin: string | undefined,
  isSecureContext: boolean,
): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': policyFor(apiOrigin),
  // With `no-referrer` browsers send `Origin: null` with the portal's own forms.
  'Referrer-Policy': 'same-origin',
  // Browsers ignore this header outside secure contexts and log an error.
  ...(isSecureContext ? { 'Cross-Origin-Opener-Policy': 'same-origin' } : {}),
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
});

/** A complete response. */
export interface Sendable {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds for which the response may be cached. Absent if it must not be cached. */
  readonly maxAge?: number;
}

export const send = (response: Response, { status, type, text, headers, maxAge }: Sendable): void =>
  sendReply(response, {
    status,
    text,
    headers: { 'Content-Type': type, ...headers },
    ...(maxAge === undefined ? {} : { maxAge }),
  });
