import { readFileSync } from 'node:fs';
import { errorCode } from '../error-code';

/** The text of a file, or why there is none: the system's code, or what is wrong with the file and the cure. */
export type TextFile = { readonly text: string } | { readonly code: string } | { readonly problem: string };

const NOT_UTF8 = 'is not UTF-8; save it as UTF-8';

/** The encoding that the first bytes name. */
const encodingOf = (bytes: Buffer): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
};

/**
 * Reads UTF-8, with or without a byte order mark, and UTF-16 with one, as Windows tools write it. Other bytes are a
 * problem and never replaced, because a replaced character would change a password.
 */
export const readTextFile = (name: string): TextFile => {
  let bytes: Buffer;
  try {
    bytes = readFileSync(name);
  } catch (error) {
    return { code: errorCode(error) };
  }
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    return text.includes('\0') ? { problem: NOT_UTF8 } : { text };
  } catch {
    return { problem: NOT_UTF8 };
  }
};

/** The name of a file for a message. Somebody may have given the contents in place of the name. */
export const printName = (value: string): string => (/^[^\p{C}]{1,200}$/u.test(value) ? value : 'a file');
