import type { Response } from 'express';
import { send as sendReply } from '../endpoints/endpoint';
import type { Html } from './html';

/** The answer of a handler; the portal adds the layout to a page. */
export type Answer =
  | {
      readonly kind: 'page';
      /** @default 200 */
      readonly status?: number;
      readonly title: string;
      readonly body: Html;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cookie?: string;
      /** A page of the portal to go on with. */
      readonly next?: { readonly to: string; readonly text: string };
    }
  /** After a form (RFC 9110 §15.4.4), to a path of the Store. */
  | { readonly kind: 'redirect'; readonly to: string; readonly cookie?: string }
  | { readonly kind: 'json'; readonly status?: number; readonly value: unknown };

export const page = (title: string, body: Html, status = 200): Answer => ({ kind: 'page', status, title, body });

/** @param cookie is a new id for the visitor. */
export const redirect = (to: string, cookie?: string): Answer => ({
  kind: 'redirect',
  to,
  ...(cookie === undefined ? {} : { cookie }),
});

/** `apiOrigin` is where Try it sends requests to, if that is not the page's own origin. */
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

/** Headers of every answer of the portal. */
export const headersOf = (
  apiOrigin: string | undefined,
  isSecureContext: boolean,
): Readonly<Record<string, string>> => ({
  'Content-Security-Policy': policyFor(apiOrigin),
  // With `no-referrer` browsers send `Origin: null` with the portal's own forms.
  'Referrer-Policy': 'same-origin',
  // Browsers ignore it outside of secure contexts, and log an error.
  ...(isSecureContext ? { 'Cross-Origin-Opener-Policy': 'same-origin' } : {}),
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
});

/** A finished answer. */
export interface Sendable {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds for which it may be kept; left out: it may not. */
  readonly maxAge?: number;
}

export const send = (response: Response, { status, type, text, headers, maxAge }: Sendable): void =>
  sendReply(response, {
    status,
    text,
    headers: { 'Content-Type': type, ...headers },
    ...(maxAge === undefined ? {} : { maxAge }),
  });
