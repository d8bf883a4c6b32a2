import { html, type Html } from '../pages/html';
import type { Visit } from './visit';

/** A part of a list whose length is known. */
export interface NumberedPage<T> {
  readonly items: readonly T[];
  /** Begins with 1. */
  readonly number: number;
  /** Number of pages; 1 if the list is empty. */
  readonly count: number;
  /** Position of the first item, beginning with 1. */
  readonly first: number;
  /** Length of the whole list. */
  readonly total: number;
}

/** Returns a page of a list. @param requested number in the query; anything but a number of a page selects the nearest */
export const numberedPage = <T>(all: readonly T[], requested: string | null, length: number): NumberedPage<T> => {
  const count = Math.max(1, Math.ceil(all.length / length));
  const wanted = /^\d{1,9}$/.test(requested ?? '') ? Number(requested) : 1;
  const number = Math.min(Math.max(1, wanted), count);
  const start = (number - 1) * length;
  return { items: all.slice(start, start + length), number, count, first: start + 1, total: all.length };
};

/** Selects what a page of a list shows. */
export interface ListQuery {
  /** Parameters that the links keep, such as a filter. Empty ones are left out. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Name of the parameter for the number of the page. @default 'page' */
  readonly pageParameter?: string;
}

/** Returns the query of a page of a list, with the question mark; empty for the first page without a filter. */
export const listQuery = ({ parameters, pageParameter = 'page' }: ListQuery, number: number): string => {
  const given = Object.entries(parameters).filter(([, value]) => value !== '');
  const search = new URLSearchParams(number === 1 ? given : [...given, [pageParameter, String(number)]]);
  return search.size === 0 ? '' : `?${search.toString()}`;
};

/** Renders the links to the pages before and after; nothing if there is one page. */
export const pageLinks = <T>(
  { mount, path, texts }: Visit,
  { items, number, count, first, total }: NumberedPage<T>,
  query: ListQuery,
): Html => {
  if (count === 1) return html``;
  const { lists } = texts;
  const link = (to: number, rel: 'prev' | 'next', text: string): Html =>
    html`<li><a href="${mount}${path}${listQuery(query, to)}" rel="${rel}">${text}</a></li>`;
  return html`<ul class="pages" aria-label="${lists.pages}">
    ${number > 1 && link(number - 1, 'prev', lists.previous)}
    <li>${lists.range(first, first + items.length - 1, total)}</li>
    ${number < count && link(number + 1, 'next', lists.next)}
  </ul>`;
};
