import type { Html } from './html';
import type { Language } from './texts/languages';
import type { Texts } from './texts/texts';

/** Title and text of an error page. */
export interface ProblemText {
  readonly title: string;
  /** The event, and the next step. */
  readonly sentence: string;
}

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
  /** An error page, whose texts depend on the language of the visitor. */
  | {
      readonly kind: 'problem';
      readonly status: number;
      readonly text: (texts: Texts) => ProblemText;
      readonly headers: Readonly<Record<string, string>>;
      readonly next?: { readonly to: string; readonly text: (texts: Texts) => string };
    }
  /** 303 See Other (RFC 9110 §15.4.4), as after a form, to a path below the mount. */
  | {
      readonly kind: 'redirect';
      readonly to: string;
      readonly cookie?: string;
      /** The language that the user has chosen, for the cookie. */
      readonly language?: Language;
    }
  /** A text that browsers save as a file. */
  | {
      readonly kind: 'file';
      /** Letters, digits, dots, hyphens and underscores. */
      readonly name: string;
      /** Media type. */
      readonly type: string;
      readonly text: string;
      /** @default 200 */
      readonly status?: number;
    }
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
