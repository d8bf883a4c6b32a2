import { phrases } from './phrases';

/** Texts of lists with several pages. */
export const lists = {
  pages: 'Pages',
  /** `51–100 of 230`. */
  range: (first: number, last: number, total: number) =>
    `${phrases.number(first)}–${phrases.number(last)} of ${phrases.number(total)}`,
  previous: 'Previous page',
  next: 'Next page',
};
