import type { SourcePlace } from './source-node';

/** A key of a source that has no counterpart, or a different one. */
export interface Gap {
  readonly place: SourcePlace;
  readonly problem: string;
  readonly instead: string;
}

/** A key of a source, and the key of the gateway's file that it has become. */
export interface Taken {
  readonly place: SourcePlace;
  readonly into: string;
}

/** A variable that the gateway's file refers to. */
export interface Variable {
  readonly name: string;
  readonly meaning: string;
  /** A value with which the file can be checked. */
  readonly example: string;
}

interface Placed {
  readonly place: SourcePlace;
}

/** A value that is long enough for each kind of secret. */
const EXAMPLE_SECRET = 'example-of-a-secret-value';

/** Returns a name for an environment variable, such as `PIZZA_APP_SECRET`. */
const variableName = (words: string): string => {
  const name = words
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60);
  return /^[A-Z]/.test(name) ? name : `X_${name}`;
};

/** Collects the findings of an import. */
export class ImportReport {
  readonly gaps: Gap[] = [];
  readonly taken: Taken[] = [];
  /** Differences that concern every request. */
  readonly differences: string[] = [];
  readonly #variables = new Map<string, Variable>();

  /** Adds the findings of a part. */
  add({ gaps, taken, differences }: ImportReport): void {
    this.gaps.push(...gaps);
    this.taken.push(...taken);
    this.differences.push(...differences);
  }

  take({ place }: Placed, into: string): void {
    this.taken.push({ place, into });
  }

  gap({ place }: Placed, problem: string, instead: string): void {
    this.gaps.push({ place, problem, instead });
  }

  /** Adds a variable that has its name in the source already. @returns the reference to it */
  reference(name: string, meaning: string, example = 'http://127.0.0.1'): string {
    if (!this.#variables.has(name)) this.#variables.set(name, { name, meaning, example });
    return `\${${name}}`;
  }

  /** Adds a variable whose name is derived from words. @returns the reference to it */
  variable(words: string, meaning: string, example = EXAMPLE_SECRET): string {
    const base = variableName(words);
    let name = base;
    for (let count = 2; this.#variables.has(name); count += 1) name = `${base}_${count}`;
    return this.reference(name, meaning, example);
  }

  get variables(): readonly Variable[] {
    return [...this.#variables.values()];
  }
}
