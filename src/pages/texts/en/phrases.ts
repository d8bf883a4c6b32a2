import { createFormats } from '../formats';

/** Texts and formats that all pages share. */
export const phrases = {
  ...createFormats('en'),
  /** Name of the language, in the language. */
  languageName: 'English',
  language: 'Language',
  skip: 'Skip to the content',
  mainNavigation: 'Main',
  signOut: 'Sign out',
  search: 'Search',
  next: 'Next',
  cancel: 'Cancel',
  copy: 'Copy',
  /** Name of a button that copies. @param what such as `the consumer key` */
  copyOf: (what: string) => `Copy ${what}`,
  copied: 'Copied',
  pressToCopy: 'Press Ctrl+C',
  selectedToCopy: 'The text is selected. Press Ctrl+C, or Command+C, to copy it.',
  password: 'Password',
  never: 'never',
  unknownTime: 'unknown',
};
