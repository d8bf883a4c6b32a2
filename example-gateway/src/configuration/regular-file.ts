import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** Bytes. The files of a configuration are far smaller, and to parse a larger one would hold up all requests. */
const MAX_SIZE = 16 * 1024 * 1024;

const refusal = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/**
 * Reads a file of up to 16 MiB. A pipe or a device is refused, because reading it could take forever, and a running
 * gateway would serve no request meanwhile.
 *
 * @throws the system's error, or an error with the code ENOTREG or EFBIG
 */
export const readRegularFile = (path: string): Buffer => {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK); // without O_NONBLOCK, opening a pipe waits for a writer
  try {
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) throw refusal('EISDIR', 'a directory');
    if (!stats.isFile()) throw refusal('ENOTREG', 'not a regular file');
    if (stats.size > MAX_SIZE) throw refusal('EFBIG', 'too large');
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};
