import { PARAMETER_PLACES, type Parameter } from '../../access/operation';
import type { Fields, Path } from '../checks';
import type { DocumentReader } from './document-reader';
import { isObject, ownField } from './references';
import { givenValue } from './samples';
import type { SchemaReader } from './schemas';
import { printTyped } from './values';

const MAX_PARAMETERS = 100;

/** Headers that are described elsewhere in a document (OpenAPI 3.1 §4.8.12.1). */
const RESERVED_HEADERS: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization']);

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;

const keyOf = ({ in: place, name }: Pick<Parameter, 'in' | 'name'>): string =>
  `${place} ${place === 'header' ? name.toLowerCase() : name}`;

/** Returns the names of the parameters of a path such as `/orders/{id}`. */
const namesIn = (path: string): readonly string[] => [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);

/** Reads the parameters of operations. */
export class ParameterReader {
  readonly #reader: DocumentReader;
  readonly #schemas: SchemaReader;

  constructor(reader: DocumentReader, schemas: SchemaReader) {
    this.#reader = reader;
    this.#schemas = schemas;
  }

  /**
   * Reads the parameters of a path item and of its operation, which replace those of the same name. Each parameter of the
   * path is in the result, with or without a description.
   */
  read(path: string, ...lists: readonly (readonly [value: unknown, place: Path])[]): readonly Parameter[] {
    const found = new Map<string, Parameter>();
    for (const name of namesIn(path)) {
      const parameter: Parameter = { name, in: 'path', isRequired: true, isDeprecated: false };
      found.set(keyOf(parameter), parameter);
    }
    const inPath = new Set(found.keys());
    for (const [value, place] of lists) {
      for (const [index, declared] of this.#reader.items(value, place, MAX_PARAMETERS).entries()) {
        const parameter = this.#readOne(declared, [...place, index]);
        if (parameter === undefined || (parameter.in === 'path' && !inPath.has(keyOf(parameter)))) continue;
        found.set(keyOf(parameter), parameter);
      }
    }
    return [...found.values()].slice(0, MAX_PARAMETERS);
  }

  #readOne(declared: unknown, path: Path): Parameter | undefined {
    const fields = this.#reader.fields(declared, path);
    if (fields === undefined) return undefined;
    const name = ownField(fields, 'name');
    const place = PARAMETER_PLACES.find((known) => known === ownField(fields, 'in'));
    if (place === undefined) return undefined; // cookies, and places of later versions
    if (typeof name !== 'string' || !/^[^\p{Cc}]{1,100}$/u.test(name)) return this.#reader.note(path, 'has no name');
    if (place === 'header' && RESERVED_HEADERS.has(name.toLowerCase())) return undefined;
    if (place === 'header' && !HEADER_NAME.test(name)) return this.#reader.note(path, 'is not the name of a header');
    return this.#describe({ name, in: place }, fields, path);
  }

  #describe(named: Pick<Parameter, 'name' | 'in'>, fields: Fields, path: Path): Parameter {
    const description = this.#reader.text(ownField(fields, 'description'), [...path, 'description']);
    const [content] = this.#reader.entries(ownField(fields, 'content'), [...path, 'content'], 1);
    const declared = ownField(content?.[1], 'schema') ?? ownField(fields, 'schema');
    const schema = this.#schemas.read(declared, [...path, 'schema']);
    const example = this.#exampleOf(fields, declared, path);
    return {
      ...named,
      isRequired: named.in === 'path' || ownField(fields, 'required') === true,
      isDeprecated: ownField(fields, 'deprecated') === true,
      ...(description === undefined ? {} : { description }),
      ...(schema === undefined ? {} : { schema }),
      ...(example === undefined ? {} : { example }),
    };
  }

  #exampleOf(fields: Fields, schema: unknown, path: Path): string | undefined {
    const [listed] = this.#reader.entries(ownField(fields, 'examples'), [...path, 'examples'], MAX_PARAMETERS);
    const named = listed && this.#reader.fields(listed[1], [...path, 'examples', listed[0]]);
    const resolved = isObject(schema) ? this.#reader.fields(schema, [...path, 'schema']) : undefined;
    const value =
      ownField(fields, 'example') ?? (named && ownField(named, 'value')) ?? (resolved && givenValue(resolved));
    return value === undefined ? undefined : printTyped(value);
  }
}
