import { isListOfTexts, parseJson } from './json';

// A list of any texts in one field: JSON, because no separator is certain not to occur in them.

export const encodeTexts = (texts: readonly string[]): string => JSON.stringify(texts);

/** Reads a list of texts; `undefined` for anything that `encodeTexts` does not return. */
export const decodeTexts = (field: string): readonly string[] | undefined => {
  const read = parseJson(field);
  return isListOfTexts(read) ? read : undefined;
};
