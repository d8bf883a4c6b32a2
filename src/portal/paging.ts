import { html, type Html } from '../pages/html';
import type { Visit } from './visit';

/** Maximum number of rows of a page. */
export const PAGE_LENGTH = 50;

export interface NextLink {
  /** Parameters that the link keeps, such as a filter. Empty ones are left out. @default none */
  readonly parameters?: Readonly<Record<string, string>>;
  /** @default that of the next page */
  readonly text?: string;
}

/** Renders the link to the next part of a list; nothing on the last part. @param next key after which that begins */
export const nextLink = (
  { mount, path, texts }: Pick<Visit, 'mount' | 'path' | 'texts'>,
  next: string | undefined,
  { parameters = {}, text = texts.lists.next }: NextLink = {},
): Html => {
  if (next === undefined) return html``;
  const given = Object.entries(parameters).filter(([, value]) => value !== '');
  const query = new URLSearchParams([...given, ['after', next]]);
  return html`<p><a href="${mount}${path}?${query.toString()}">${text}</a></p>`;
};
