import type { Milliseconds } from '../../protocol/time';

// A stored line consists of fields, each ended by a tab; numbers are in base 36, which is shorter.

export const encodeMilliseconds = (milliseconds: Milliseconds): string => milliseconds.toString(36);

/** Reads a whole number in base 36; `NaN` for anything else. */
export const decodeMilliseconds = (text: string): Milliseconds =>
  /^-?[0-9a-z]{1,10}$/.test(text) ? Number.parseInt(text, 36) : Number.NaN;

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n' };
const ESCAPED: Readonly<Record<string, string>> = { '\\\\': '\\', '\\t': '\t', '\\n': '\n' };

/**
 * Returns a field as it is stored. Validation rejects control characters; escaping them as well ensures that no value
 * can start another field.
 */
export const escapeField = (text: string): string =>
  /[\\\t\n]/.test(text) ? text.replaceAll(/[\\\t\n]/g, (character) => ESCAPES[character] ?? '') : text;

const unescape = (text: string): string => text.replaceAll(/\\./g, (pair) => ESCAPED[pair] ?? pair);

// The last field also ends with a tab, so that a truncated line has one too few.
export const joinFields = (fields: readonly string[]): string => `${fields.map(escapeField).join('\t')}\t`;

/** Splits a line into its fields; `undefined` if the last one is not complete. */
export const fieldsOf = (line: string): readonly string[] | undefined => {
  const fields = line.split('\t');
  if (fields.pop() !== '') return undefined;
  return line.includes('\\') ? fields.map(unescape) : fields;
};

/** Splits a line into its fields; `undefined` if there are not exactly `count`. */
export const splitFields = (line: string, count: number): readonly string[] | undefined => {
  const fields = fieldsOf(line);
  return fields?.length === count ? fields : undefined;
};
