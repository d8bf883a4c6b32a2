import { createFormats } from '../formats';

/** Texts and formats that all pages share. */
export const phrases = {
  ...createFormats('en'),
  skip: 'Skip to the content',
  mainNavigation: 'Main',
  signOut: 'Sign out',
  search: 'Search',
  next: 'Next',
  copy: 'Copy',
};
