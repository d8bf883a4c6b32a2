import type { Texts } from '../texts';
import { phrases } from './phrases';

export const lists: Texts['lists'] = {
  pages: 'Seiten',
  range: (first, last, total) => `${phrases.number(first)}–${phrases.number(last)} von ${phrases.number(total)}`,
  previous: 'Vorherige Seite',
  next: 'Nächste Seite',
};
