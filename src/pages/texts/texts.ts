import type { en } from './en';

/** The texts of all pages in one language. A text with values is a function, because word order differs. */
export type Texts = typeof en;
