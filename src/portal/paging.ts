import { html, type Html } from '../pages/html';
import type { Visit } from './visit';

/** Maximum number of rows of a page. */
export const PAGE_LENGTH = 50;

export interface Page<T> {
  readonly items: readonly T[];
  /** Key after which the next page begins. Absent on the last page. */
  readonly next?: string;
}

/** Returns a page of items that are sorted by key: those with keys greater than `after`, which need not exist. */
export const pageOf = <T>(sorted: readonly T[], keyOf: (item: T) => string, after: string | null): Page<T> => {
  const rest = after === null ? sorted : sorted.filter((item) => keyOf(item) > after);
  const items = rest.slice(0, PAGE_LENGTH);
  const last = items.at(-1);
  return rest.length > PAGE_LENGTH && last !== undefined ? { items, next: keyOf(last) } : { items };
};

export const nextLink = ({ mount, path }: Visit, next: string | undefined): Html =>
  next === undefined ? html`` : html`<p><a href="${mount}${path}?after=${encodeURIComponent(next)}">Next page</a></p>`;
