import { dirname, resolve } from 'node:path';
import type { Faults, Path } from './fault';
import { sourceFiles } from './source-files';
import { printName } from './text-file';

/** Reads the PEM file that a key names. `file` is the path of the YAML file; paths in it are relative to its folder. */
export const readPem = (faults: Faults, value: unknown, path: Path, file: string): Buffer | undefined => {
  if (typeof value !== 'string' || value === '') return faults.add(path, 'must be the path of a PEM file');
  try {
    return sourceFiles.read(resolve(dirname(file), value));
  } catch {
    return faults.add(path, `names ${printName(value)}, which cannot be read; paths are relative to this file`);
  }
};
