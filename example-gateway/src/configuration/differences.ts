import { isDeepStrictEqual } from 'node:util';
import { printPath, type Path } from './fault';
import { isMap, type Fields } from './fields';

/** The keys in which two versions of a file differ. Values are left out, because they may be secrets. */
export interface Differences {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** The key, and for the contents of another file what has changed. */
  readonly changed: readonly string[];
}

interface Found {
  readonly added: string[];
  readonly removed: string[];
  readonly changed: string[];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The name by which a record of a list is found again after others were added or removed. */
const RECORD_NAMES: Readonly<Record<string, (record: Fields) => string>> = {
  organizations: ({ key }) => text(key),
  users: ({ username, organization }) =>
    organization === undefined ? text(username) : `${text(username)}@${text(organization)}`,
  applications: ({ name }) => text(name),
};

/** Records of a list by name, or by index if names are missing or repeated; `undefined` for a list of other values. */
const entriesOfList = (list: readonly unknown[], path: Path): ReadonlyMap<string | number, unknown> | undefined => {
  if (list.length === 0 || !list.every(isMap)) return undefined;
  const [section = ''] = path;
  const nameOf = path.length === 1 ? RECORD_NAMES[section] : undefined;
  const names = new Set(nameOf === undefined ? [] : list.map(nameOf));
  const isNamed = names.size === list.length && !names.has('');
  return new Map(list.map((record, index) => [isNamed && nameOf !== undefined ? nameOf(record) : index, record]));
};

const entriesOf = (value: unknown, path: Path): ReadonlyMap<string | number, unknown> | undefined => {
  if (Array.isArray(value)) return entriesOfList(value, path);
  return isMap(value) ? new Map(Object.entries(value)) : undefined;
};

const isLeftOut = (value: unknown): boolean => value === undefined || value === null;

const compare = (before: unknown, after: unknown, path: Path, found: Found): void => {
  if (isDeepStrictEqual(before, after) || (isLeftOut(before) && isLeftOut(after))) return;
  if (isLeftOut(before)) return void found.added.push(printPath(path));
  if (isLeftOut(after)) return void found.removed.push(printPath(path));
  const [entriesBefore, entriesAfter] = [entriesOf(before, path), entriesOf(after, path)];
  if (entriesBefore === undefined || entriesAfter === undefined) return void found.changed.push(printPath(path));
  for (const step of new Set([...entriesBefore.keys(), ...entriesAfter.keys()])) {
    compare(entriesBefore.get(step), entriesAfter.get(step), [...path, step], found);
  }
};

/** Contents that are not in the file itself. */
export interface OtherContents {
  readonly contents: unknown;
  /** Text after the key if the contents have changed. */
  readonly change: string;
}

/** A version of a file. */
export interface Version {
  /** The file's value, with variables and secrets replaced. */
  readonly value: Fields;
  /** By the key that names the other file. */
  readonly others: ReadonlyMap<string, OtherContents>;
}

/** Compares two versions of a file, and of the files that it names. */
export const differencesBetween = (before: Version, after: Version): Differences => {
  const found: Found = { added: [], removed: [], changed: [] };
  compare(before.value, after.value, [], found);
  for (const [key, { contents, change }] of after.others) {
    const known = before.others.get(key);
    if (known !== undefined && !isDeepStrictEqual(known.contents, contents)) found.changed.push(`${key}: ${change}`);
  }
  return found;
};

export const isEmpty = ({ added, removed, changed }: Differences): boolean =>
  added.length + removed.length + changed.length === 0;
