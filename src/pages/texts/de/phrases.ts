import { createFormats } from '../formats';
import type { Texts } from '../texts';

export const phrases: Texts['phrases'] = {
  ...createFormats('de'),
  languageName: 'Deutsch',
  language: 'Sprache',
  skip: 'Zum Inhalt springen',
  mainNavigation: 'Hauptmenü',
  signOut: 'Abmelden',
  search: 'Suchen',
  next: 'Weiter',
  cancel: 'Abbrechen',
  copy: 'Kopieren',
  copyOf: (what) => `Kopieren: ${what}`,
  copied: 'Kopiert',
  pressToCopy: 'Strg+C drücken',
  selectedToCopy: 'Der Text ist markiert. Drücken Sie zum Kopieren Strg+C oder Command+C.',
  password: 'Passwort',
  never: 'nie',
  unknownTime: 'unbekannt',
};
