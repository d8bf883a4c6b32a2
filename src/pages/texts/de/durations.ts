import { phrases } from './phrases';

/** Formats a time span after a preposition with the dative, such as "in" or "vor": `2 Tagen`. */
export const durationAfterPreposition = (seconds: number): string =>
  phrases.duration(seconds).replace(/Tage$/, 'Tagen');
