import type { Fields } from '../checks';
import type { DocumentReader } from './document-reader';
import { isObject, ownField } from './references';

const MAX_DEPTH = 5;
const MAX_FIELDS = 30;
/** Schemas from which one value is made, and all values of a document: the same part may be in many places. */
const MAX_SCHEMAS = 500;
const MAX_DOCUMENT_SCHEMAS = 50_000;

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
  #leftInDocument = MAX_DOCUMENT_SCHEMAS;
  #left = 0;

  constructor(reader: DocumentReader) {
    this.#reader = reader;
  }

  make(value: unknown): unknown {
    this.#left = Math.min(MAX_SCHEMAS, this.#leftInDocument);
    const before = this.#left;
    const made = this.#make(value, []);
    this.#leftInDocument -= before - this.#left;
    return made;
  }

  /** @param above the schemas that contain this one: one that contains itself ends there */
  #make(value: unknown, above: readonly Fields[]): unknown {
    if (!isObject(value) || above.length > MAX_DEPTH || this.#left <= 0) return undefined;
    this.#left -= 1;
    const schema = this.#reader.fields(value, ['schema']);
    if (schema === undefined || above.includes(schema)) return undefined;
    return this.#describe(schema, [...above, schema]);
  }

  #describe(schema: Fields, above: readonly Fields[]): unknown {
    const given = givenValue(schema);
    if (given !== undefined) return given;
    const properties = ownField(schema, 'properties');
    if (isObject(properties)) return this.#object(properties, above);
    const items = ownField(schema, 'items');
    if (items !== undefined) return [this.#make(items, above)].filter((item) => item !== undefined);
    const part = ['allOf', 'oneOf', 'anyOf'].map((key) => ownField(schema, key)).find(Array.isArray) as
      readonly unknown[] | undefined;
    if (part !== undefined) return this.#merge(part, ownField(schema, 'allOf') !== undefined, above);
    const type = ownField(schema, 'type');
    const kind = Array.isArray(type) ? firstOf(type) : type;
    if (kind === 'object') return {};
    if (kind === 'array') return [];
    return FORMATS.get(kind === 'string' ? ownField(schema, 'format') : undefined) ?? SCALARS.get(kind);
  }

  #object(properties: Fields, above: readonly Fields[]): unknown {
    const names = Object.keys(properties).slice(0, MAX_FIELDS);
    const entries = names.map((name) => [name, this.#make(ownField(properties, name), above)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }

  #merge(parts: readonly unknown[], areAllNeeded: boolean, above: readonly Fields[]): unknown {
    const [first, ...rest] = parts.slice(0, areAllNeeded ? 10 : 1).map((part) => this.#make(part, above));
    return isObject(first) ? Object.assign({}, first, ...rest.filter(isObject)) : first;
  }
}
