import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { WrongUse } from './failure';

const MAX_BYTES = 65_536;

const readAll = async (input: Readable): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as Buffer);
    size += bytes.length;
    if (size > MAX_BYTES) throw new WrongUse(`Standard input has more than ${MAX_BYTES} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
};

const readBytes = async (name: string, input: Readable): Promise<Buffer> => {
  if (name === '-') return readAll(input);
  try {
    return await readFile(name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new WrongUse(`The file with the secret cannot be read (${code})`);
  }
};

/**
 * Reads a token or a password: all of a file, or of standard input if the name is `-`, without the last line end. No
 * message contains it.
 * @throws WrongUse if it cannot be read, is empty or too long, or is not UTF-8
 */
export const readSecret = async (name: string, input: Readable): Promise<string> => {
  const bytes = await readBytes(name, input);
  if (bytes.length > MAX_BYTES) throw new WrongUse(`The file with the secret has more than ${MAX_BYTES} bytes`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new WrongUse('The secret is not UTF-8');
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw new WrongUse('The secret is empty');
  return secret;
};
