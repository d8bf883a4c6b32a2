import { errorCode } from '../error-code';
import { sourceFiles } from './source-files';

/** The text of a file, or else the system's error code, or the error in the file and its fix. */
export type TextFile = { readonly text: string } | { readonly code: string } | { readonly problem: string };

const NOT_UTF8 = 'is not UTF-8; save it as UTF-8';

/** The errors of `readRegularFile` and their fixes. */
const PROBLEMS: Readonly<Record<string, string>> = {
  ENOTREG: 'is a pipe or a device; write its contents to a file',
  EFBIG: 'is larger than 16 MiB',
};

/** The encoding that the byte order mark indicates; UTF-8 without one. */
const encodingOf = (bytes: Buffer): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
};

/**
 * Reads UTF-8, with or without a byte order mark, and UTF-16 with one, as Windows tools write it. Invalid bytes are an
 * error and never replaced, because a replacement character would change a password.
 */
export const readTextFile = (name: string): TextFile => {
  let bytes: Buffer;
  try {
    bytes = sourceFiles.read(name);
  } catch (error) {
    const code = errorCode(error);
    const problem = PROBLEMS[code];
    return problem === undefined ? { code } : { problem };
  }
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    return text.includes('\0') ? { problem: NOT_UTF8 } : { text };
  } catch {
    return { problem: NOT_UTF8 };
  }
};

/** Returns a file name for a message, or `a file` if the value may be the contents and not the name. */
export const printName = (value: string): string => (/^[^\p{C}]{1,200}$/u.test(value) ? value : 'a file');
