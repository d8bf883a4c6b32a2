import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { errorCode } from '../error-code';
import { readRegularFile } from '../configuration/regular-file';
import { printName } from '../configuration/text-file';
import { openFolder, readIn } from './folder';
import { ImportError } from './import-error';
import { isConfiguration, type SourceFiles } from './source-files';
import type * as zipModule from './zip';

const kindOf = (path: string): 'folder' | 'file' => {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    const code = errorCode(error);
    const problem = code === 'ENOENT' ? 'there is no such file or folder' : `cannot be read (${code})`;
    throw new ImportError([`${printName(path)}: ${problem}`]);
  }
};

const readArchive = (path: string): Buffer => {
  try {
    return readRegularFile(path);
  } catch (error) {
    const code = errorCode(error);
    throw new ImportError([
      `${printName(path)}: ${code === 'EFBIG' ? 'is larger than 16 MiB' : `cannot be read (${code})`}`,
    ]);
  }
};

/** Opens a folder, or the folder of a configuration file. */
export const openSourceFolder = (path: string): SourceFiles => {
  if (kindOf(path) === 'folder') return openFolder(path);
  if (isConfiguration(basename(path))) return openFolder(dirname(path));
  throw new ImportError([`${printName(path)}: is not a folder`]);
};

/** A source of one file. */
const openFile = (path: string): SourceFiles => ({
  names: [basename(path)],
  read: (name) => readIn(dirname(path), name),
});

/** Opens a zip archive, a folder, or one configuration file. */
export const openSource = (path: string): SourceFiles => {
  if (kindOf(path) === 'folder') return openFolder(path);
  if (isConfiguration(basename(path))) return openFile(path);
  // Loaded only if it is needed, because its package may not be installed.
  const { openZip } = require('./zip') as typeof zipModule;
  return openZip(readArchive(path), printName(path));
};
