import { html, type Html } from './html';
import type { Visit } from './visit';

const PAGE_LENGTH = 50;

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

/** A page of what is sorted by its keys: what comes after a key, whether there is such a key or not. */
export const pageOf = <T>(sorted: readonly T[], keyOf: (item: T) => string, after: string | null): Page<T> => {
  const rest = after === null ? sorted : sorted.filter((item) => keyOf(item) > after);
  const items = rest.slice(0, PAGE_LENGTH);
  const last = items.at(-1);
  return rest.length > PAGE_LENGTH && last !== undefined ? { items, next: keyOf(last) } : { items };
};

export const nextLink = ({ mount, path }: Visit, next: string | undefined): Html =>
  next === undefined ? html`` : html`<p><a href="${mount}${path}?after=${encodeURIComponent(next)}">Next page</a></p>`;
