/** Characters that JSON permits, and that a terminal would interpret or not show. */
const INVISIBLE = /[\u007F-\u009F\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu;

const escape = (character: string): string =>
  [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');

/** Formats a document with escapes for invisible characters: names in the store are chosen by users. */
export const printJson = (document: unknown): string => JSON.stringify(document, null, 2).replace(INVISIBLE, escape);
