import { html, type Content, type Html } from './html';

/** Location of a set of pages, and the token that their forms must send. */
export interface PageContext {
  /** Public path below which the pages are: empty, or a path that begins with a slash. */
  readonly mount: string;
  readonly formToken: string;
}

/** Renders a form that is sent by POST, with the token that proves that one of these pages sent it. */
export const form = ({ mount, formToken }: PageContext, action: string, ...contents: readonly Content[]): Html =>
  html`<form method="post" action="${mount}${action}">
    <input type="hidden" name="form_token" value="${formToken}" />
    ${contents}
  </form>`;

/** Renders a form that opens another page by GET, such as a confirmation page. */
export const opener = ({ mount }: Pick<PageContext, 'mount'>, path: string, ...contents: readonly Content[]): Html =>
  html`<form method="get" action="${mount}${path}">${contents}</form>`;

/** Renders a link to another page. */
export const link = ({ mount }: Pick<PageContext, 'mount'>, path: string, text: Content): Html =>
  html`<a href="${mount}${path}">${text}</a>`;
