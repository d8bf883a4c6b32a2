import { ConfigurationError, type OptionFault } from '../protocol/errors';

export type Path = OptionFault['path'];

type Fields = Readonly<Record<string, unknown>>;

const distance = (left: string, right: string): number => {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
};

/** The known name that a misspelt one was probably meant to be, as the end of a message. */
const suggestion = (name: string, known: readonly string[]): string => {
  const [best] = known
    .map((candidate) => ({ candidate, far: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  return best !== undefined && best.far <= Math.max(1, Math.floor(name.length / 3))
    ? `; did you mean "${best.candidate}"?`
    : `; known are ${known.join(', ')}`;
};

/** Checks values and collects what is wrong, so that one start shows every fault. A failed check answers `undefined`. */
export class Checks {
  readonly #faults: OptionFault[] = [];

  fault(path: Path, problem: string): undefined {
    this.#faults.push({ path, problem });
    return undefined;
  }

  /** @throws ConfigurationError with all faults, when there is any. */
  finish(): void {
    if (this.#faults.length > 0) throw new ConfigurationError(this.#faults);
  }

  fields(value: unknown, path: Path, known: readonly string[]): Fields | undefined {
    if (value === undefined) return {};
    if (!isPlainObject(value)) return this.fault(path, 'must be an object');
    for (const name of Object.keys(value)) {
      if (!known.includes(name)) this.fault([...path, name], `is unknown${suggestion(name, known)}`);
    }
    return value;
  }

  record(value: unknown, path: Path): readonly (readonly [string, unknown])[] {
    if (value === undefined) return [];
    if (isPlainObject(value)) return Object.entries(value);
    this.fault(path, 'must be an object with a name for each entry');
    return [];
  }

  list(value: unknown, path: Path): readonly unknown[] | undefined {
    if (value === undefined) return undefined;
    return Array.isArray(value) ? value : this.fault(path, 'must be a list');
  }

  text(value: unknown, path: Path, pattern: RegExp, rule: string): string | undefined {
    if (value === undefined) return undefined;
    if (typeof value === 'string' && pattern.test(value)) return value;
    return this.fault(path, `must be ${rule}`);
  }

  required(value: unknown, path: Path, pattern: RegExp, rule: string): string | undefined {
    return value === undefined
      ? this.fault(path, `is missing: it must be ${rule}`)
      : this.text(value, path, pattern, rule);
  }

  integer(value: unknown, path: Path, least: number, most: number, unit: string): number | undefined {
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    return this.fault(path, `must be a whole number of ${unit} from ${least} to ${most}`);
  }

  flag(value: unknown, path: Path): boolean | undefined {
    if (value === undefined || typeof value === 'boolean') return value;
    return this.fault(path, 'must be true or false');
  }

  oneOf<T extends string>(value: unknown, path: Path, allowed: readonly T[]): T | undefined {
    if (value === undefined) return undefined;
    const found = allowed.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    const hint = typeof value === 'string' ? suggestion(value, allowed) : `; known are ${allowed.join(', ')}`;
    return this.fault(path, `is not one that is known${hint}`);
  }

  /** A list without repeats, each item one of `allowed`. */
  someOf<T extends string>(value: unknown, path: Path, allowed: readonly T[]): readonly T[] | undefined {
    const items = this.list(value, path)?.map((item, index) => this.oneOf(item, [...path, index], allowed));
    return items === undefined ? undefined : [...new Set(items.filter((item) => item !== undefined))];
  }
}

const isPlainObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
