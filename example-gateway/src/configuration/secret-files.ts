import { dirname, resolve } from 'node:path';
import type { Faults, Path } from './fault';
import { isMap, type Fields } from './fields';
import { printName, readTextFile } from './text-file';

/** The keys whose value may be `{ file: path }`. */
const SECRET_KEYS = ['password', 'passwordHash', 'consumerSecret', 'sentinelPassword'];

/** Stands for a secret that could not be read, so that it is not reported as missing as well. */
const UNREAD = 'unread';

const CURE = 'paths are relative to this file';

const readSecret = (faults: Faults, { file: name, ...others }: Fields, path: Path, file: string): string => {
  const add = (problem: string): string => faults.add(path, problem) ?? UNREAD;
  if (typeof name !== 'string' || name === '' || Object.keys(others).length > 0) {
    return add('must be a string, "${NAME}", or { file: path }');
  }
  const read = readTextFile(resolve(dirname(file), name));
  if ('code' in read) return add(`names ${printName(name)}, which cannot be read (${read.code}); ${CURE}`);
  if ('problem' in read) return add(`names ${printName(name)}, which ${read.problem}`);
  const text = read.text.replace(/\r?\n$/, '');
  if (text === '') return add(`names ${printName(name)}, which is empty`);
  return text.includes('\n') ? add(`names ${printName(name)}, which has more than one line`) : text;
};

/**
 * Returns the value with each secret of the form `{ file: path }` replaced by the text of that file, without the line
 * break at its end. `file` is the path of the YAML file; paths in it are relative to its folder.
 */
export const readSecretFiles = (value: unknown, faults: Faults, file: string, path: Path = []): unknown => {
  if (Array.isArray(value)) {
    return value.map((item, index) => readSecretFiles(item, faults, file, [...path, index]));
  }
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(([key, field]): [string, unknown] => {
    const below = [...path, key];
    const isSecretFile = SECRET_KEYS.includes(key) && isMap(field) && Object.hasOwn(field, 'file');
    return [key, isSecretFile ? readSecret(faults, field, below, file) : readSecretFiles(field, faults, file, below)];
  });
  return Object.fromEntries(entries);
};
