import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../error-code';
import { readRegularFile } from '../configuration/regular-file';
import { printName } from '../configuration/text-file';
import { ImportError } from './import-error';
import { isConfiguration, MAX_FILES, MAX_FILE_SIZE, type SourceFiles } from './source-files';

const MAX_DEPTH = 8;

/** Folders that hold no configuration, but many files. */
const SKIPPED = new Set(['node_modules', '.git']);

/** Lists the configuration files below a folder. Symbolic links are not followed: they may lead out of it. */
const listFiles = (folder: string): readonly string[] => {
  const names: string[] = [];
  let entries = 0;
  const list = (below: string, depth: number): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      entries += 1;
      if (entries > MAX_FILES) throw new ImportError([`${printName(folder)}: has more than ${MAX_FILES} files`]);
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED.has(entry.name) && depth < MAX_DEPTH) list(name, depth + 1);
      else if (entry.isFile() && isConfiguration(entry.name)) names.push(name);
    }
  };
  list('', 0);
  return names.sort();
};

/** Reads a file of a folder. @throws ImportError */
export const readIn = (folder: string, name: string): Uint8Array => {
  let bytes: Uint8Array;
  try {
    bytes = readRegularFile(join(folder, name));
  } catch (error) {
    throw new ImportError([`${name}: cannot be read (${errorCode(error)})`]);
  }
  if (bytes.length > MAX_FILE_SIZE) throw new ImportError([`${name}: is larger than 4 MiB`]);
  return bytes;
};

/** Opens a folder. @throws ImportError */
export const openFolder = (folder: string): SourceFiles => {
  try {
    return { names: listFiles(folder), read: (name) => readIn(folder, name) };
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw new ImportError([`${printName(folder)}: cannot be read (${errorCode(error)})`]);
  }
};
