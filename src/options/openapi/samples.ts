import type { Fields } from '../checks';
import type { DocumentReader } from './document-reader';
import { isObject, ownField } from './references';

const MAX_DEPTH = 5;
const MAX_FIELDS = 30;

/** Values of strings with a format (JSON Schema Validation §7.3). */
const FORMATS: ReadonlyMap<unknown, string> = new Map([
  ['date', '2026-01-31'],
  ['date-time', '2026-01-31T12:00:00Z'],
  ['time', '12:00:00Z'],
  ['email', 'user@example.com'],
  ['uri', 'https://example.com'],
  ['uuid', '00000000-0000-4000-8000-000000000000'],
]);

const SCALARS: ReadonlyMap<unknown, unknown> = new Map<unknown, unknown>([
  ['string', 'string'],
  ['integer', 0],
  ['number', 0],
  ['boolean', true],
  ['null', null],
]);

const firstOf = (value: unknown): unknown => (Array.isArray(value) ? (value[0] as unknown) : undefined);

/** Returns the value that a schema itself gives: an example, the default, or the first permitted one. */
export const givenValue = (schema: Fields): unknown =>
  [
    ownField(schema, 'example'),
    firstOf(ownField(schema, 'examples')),
    ownField(schema, 'default'),
    ownField(schema, 'const'),
    firstOf(ownField(schema, 'enum')),
  ].find((value) => value !== undefined);

/** Makes a value of a schema that has no example, for people to change. It need not be valid. */
export class Samples {
  readonly #reader: DocumentReader;

  constructor(reader: DocumentReader) {
    this.#reader = reader;
  }

  make(value: unknown, depth = 0): unknown {
    const schema = isObject(value) && depth <= MAX_DEPTH ? this.#reader.fields(value, ['schema']) : undefined;
    if (schema === undefined) return undefined;
    const given = givenValue(schema);
    if (given !== undefined) return given;
    const properties = ownField(schema, 'properties');
    if (isObject(properties)) return this.#object(properties, depth);
    const items = ownField(schema, 'items');
    if (items !== undefined) return [this.make(items, depth + 1)].filter((item) => item !== undefined);
    const part = ['allOf', 'oneOf', 'anyOf'].map((key) => ownField(schema, key)).find(Array.isArray) as
      readonly unknown[] | undefined;
    if (part !== undefined) return this.#merge(part, ownField(schema, 'allOf') !== undefined, depth);
    const type = ownField(schema, 'type');
    const kind = Array.isArray(type) ? firstOf(type) : type;
    if (kind === 'object') return {};
    if (kind === 'array') return [];
    return FORMATS.get(kind === 'string' ? ownField(schema, 'format') : undefined) ?? SCALARS.get(kind);
  }

  #object(properties: Fields, depth: number): unknown {
    const names = Object.keys(properties).slice(0, MAX_FIELDS);
    const entries = names.map((name) => [name, this.make(ownField(properties, name), depth + 1)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }

  #merge(parts: readonly unknown[], areAllNeeded: boolean, depth: number): unknown {
    const [first, ...rest] = parts.slice(0, areAllNeeded ? 10 : 1).map((part) => this.make(part, depth + 1));
    return isObject(first) ? Object.assign({}, first, ...rest.filter(isObject)) : first;
  }
}
