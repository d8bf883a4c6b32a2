// A list of any texts in one field: JSON, because no separator is certain not to occur in them.

export const encodeTexts = (texts: readonly string[]): string => JSON.stringify(texts);

/** Reads a list of texts; `undefined` for anything that `encodeTexts` does not return. */
export const decodeTexts = (field: string): readonly string[] | undefined => {
  let read: unknown;
  try {
    read = JSON.parse(field);
  } catch {
    return undefined;
  }
  return Array.isArray(read) && read.every((text) => typeof text === 'string') ? read : undefined;
};
