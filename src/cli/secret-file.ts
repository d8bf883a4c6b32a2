import { open, rm, type FileHandle } from 'node:fs/promises';
import { WrongUse } from './failure';

/** A new file that only its owner can read. */
export interface SecretFile {
  /** Writes the secret and a line end. */
  readonly write: (secret: string) => Promise<void>;
  /** Removes the file. */
  readonly discard: () => Promise<void>;
}

const openNew = async (name: string): Promise<FileHandle> => {
  try {
    return await open(name, 'wx', 0o600); // fails for everything that exists, symbolic links included
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const reason = code === 'EEXIST' ? 'exists already, and is never overwritten' : `cannot be created (${code})`;
    throw new WrongUse(`The file of --out ${reason}`);
  }
};

/**
 * Creates the file before the secret is generated, so that no secret is generated that cannot be stored.
 * @throws WrongUse if the file exists or cannot be created
 */
export const createSecretFile = async (name: string): Promise<SecretFile> => {
  const file = await openNew(name);
  return {
    write: async (secret) => {
      await file.writeFile(`${secret}\n`);
      await file.sync();
      await file.close();
    },
    discard: async () => {
      await file.close();
      await rm(name, { force: true });
    },
  };
};
