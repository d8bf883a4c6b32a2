import type { Html } from './html';

/** Result of a page handler. The layout is added to a page when it is sent. */
export type Answer =
  | {
      readonly kind: 'page';
      /** @default 200 */
      readonly status?: number;
      readonly title: string;
      /** `narrow` if the page consists of one form, such as a sign-in. @default 'wide' */
      readonly shape?: 'wide' | 'narrow';
      readonly body: Html;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cookie?: string;
      /** Another page, linked below the body. */
      readonly next?: { readonly to: string; readonly text: string };
    }
  /** 303 See Other (RFC 9110 §15.4.4), as after a form, to a path below the mount. */
  | { readonly kind: 'redirect'; readonly to: string; readonly cookie?: string }
  | { readonly kind: 'json'; readonly status?: number; readonly value: unknown };

export const page = (title: string, body: Html, status = 200): Answer => ({ kind: 'page', status, title, body });

/** Creates a page that consists of one form. */
export const narrowPage = (title: string, body: Html, status = 200): Answer => ({
  kind: 'page',
  shape: 'narrow',
  status,
  title,
  body,
});

/** Redirects to a path below the mount. @param cookie is a new id for the visitor, sent in the cookie */
export const redirect = (to: string, cookie?: string): Answer => ({
  kind: 'redirect',
  to,
  ...(cookie === undefined ? {} : { cookie }),
});
