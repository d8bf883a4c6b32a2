import { isObject, ownField, stepsOf } from './references';
import type { Fields, Path } from '../checks';

const MAX_REFERENCES = 32;
const MAX_PROBLEMS = 20;
const MAX_LINE = 200;
const MAX_TEXT = 10_000;

/** Formats a path inside the document: `paths./orders.get.parameters[0]`. */
const printPlace = (place: Path): string =>
  place.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`)).join('');

const cut = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1).trimEnd()}…`);

/**
 * Reads the parts of an OpenAPI document that only people read. A faulty part is left out and noted, because a gateway
 * must not stop for it; nothing that decides about requests is read here.
 */
export class DocumentReader {
  readonly #root: unknown;
  readonly #problems: string[] = [];

  constructor(root: unknown) {
    this.#root = root;
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Notes a part that is left out. */
  note(place: Path, problem: string): undefined {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(`${printPlace(place)}: ${cut(problem, MAX_LINE)}`);
    return undefined;
  }

  /** Returns an object, or the one that its `$ref` leads to, with the last name of the reference. */
  resolve(value: unknown, place: Path): { readonly fields: Fields; readonly name: string | undefined } | undefined {
    let found = value;
    let name: string | undefined;
    for (let references = 0; references <= MAX_REFERENCES; references += 1) {
      if (!isObject(found)) return this.note(place, 'is not an object');
      const reference = ownField(found, '$ref');
      if (reference === undefined) return { fields: found, name };
      const steps = stepsOf(reference);
      if (steps === undefined) return this.note(place, 'has a $ref that leads out of the document');
      found = steps.reduce<unknown>(ownField, this.#root);
      name = steps.at(-1);
      if (found === undefined) return this.note(place, 'has a $ref that leads to nothing');
    }
    return this.note(place, 'is part of a cycle of references');
  }

  fields(value: unknown, place: Path): Fields | undefined {
    return this.resolve(value, place)?.fields;
  }

  /** Returns the entries of a map; those beyond `max` are left out. */
  entries(value: unknown, place: Path, max: number): readonly (readonly [string, unknown])[] {
    if (value === undefined) return [];
    if (!isObject(value)) {
      this.note(place, 'is not an object');
      return [];
    }
    const names = Object.keys(value);
    if (names.length > max) this.note(place, `has more than ${max} entries`);
    return names.slice(0, max).map((name) => [name, ownField(value, name)] as const);
  }

  /** Returns the items of a list; those beyond `max` are left out. */
  items(value: unknown, place: Path, max: number): readonly unknown[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.note(place, 'is not a list');
      return [];
    }
    if (value.length > max) this.note(place, `has more than ${max} entries`);
    return Array.from(value.slice(0, max) as readonly unknown[]);
  }

  /** Returns a text of one line: control characters become spaces, and the end of a long one is cut off. */
  line(value: unknown, place: Path): string | undefined {
    const text = this.#string(value, place);
    return text === undefined ? undefined : cut(text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim(), MAX_LINE) || undefined;
  }

  /** Returns a text with its line breaks; the end of a long one is cut off. */
  text(value: unknown, place: Path): string | undefined {
    const text = this.#string(value, place);
    if (text === undefined) return undefined;
    const plain = text.replaceAll(/\r\n?/g, '\n').replaceAll(/[^\P{Cc}\n\t]/gu, '');
    return cut(plain, MAX_TEXT).trim() || undefined;
  }

  #string(value: unknown, place: Path): string | undefined {
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' ? value : this.note(place, 'is not a text');
  }
}
