import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Run } from './command';
import { WrongUse } from './failure';
import { askSecret, isTerminal } from './terminal';

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

/** Reads the beginning of a file: a device or a pipe may never end. */
const readStart = async (file: FileHandle): Promise<Buffer> => {
  const start = Buffer.alloc(MAX_BYTES + 1);
  let size = 0;
  while (size < start.length) {
    const { bytesRead } = await file.read(start, size, start.length - size, null);
    if (bytesRead === 0) break;
    size += bytesRead;
  }
  return start.subarray(0, size);
};

const readFile = async (name: string): Promise<Buffer> => {
  let file: FileHandle | undefined;
  try {
    file = await open(name);
    return await readStart(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new WrongUse(`The file with the secret cannot be read (${code})`);
  } finally {
    await file?.close();
  }
};

const secretIn = (bytes: Buffer): string => {
  if (bytes.length > MAX_BYTES) throw new WrongUse(`The file with the secret has more than ${MAX_BYTES} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '');
  } catch {
    throw new WrongUse('The secret is not UTF-8');
  }
};

const checkNotEmpty = (secret: string): string => {
  if (secret === '') throw new WrongUse('The secret is empty');
  return secret;
};

type Source = Pick<Run, 'input' | 'prompt'>;

/**
 * Reads a token or a password: all of a file, or of standard input if the name is `-`, without the last line end. At a
 * terminal the command prompts for it, without an echo. No message contains it.
 * @throws WrongUse if it cannot be read, is empty or too long, or is not UTF-8; Interrupted after Ctrl-C
 */
export const readSecret = async (name: string, { input, prompt }: Source, noun = 'Token'): Promise<string> => {
  if (name !== '-') return checkNotEmpty(secretIn(await readFile(name)));
  return checkNotEmpty(isTerminal(input) ? await askSecret(input, noun, prompt) : secretIn(await readAll(input)));
};

/** Like `readSecret`, for a new password. At a terminal the command prompts for it twice. @throws as `readSecret` */
export const readNewPassword = async (name: string, source: Source): Promise<string> => {
  const password = await readSecret(name, source, 'New password');
  if (name !== '-' || !isTerminal(source.input)) return password;
  const repeated = await askSecret(source.input, 'The same password again', source.prompt);
  if (repeated !== password) throw new WrongUse('The passwords are different. Nothing was done');
  return password;
};
