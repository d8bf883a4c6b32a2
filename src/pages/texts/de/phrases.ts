import { createFormats } from '../formats';
import type { Texts } from '../texts';

export const phrases: Texts['phrases'] = {
  ...createFormats('de'),
  skip: 'Zum Inhalt springen',
  mainNavigation: 'Hauptmenü',
  signOut: 'Abmelden',
  search: 'Suchen',
  next: 'Weiter',
  copy: 'Kopieren',
};
