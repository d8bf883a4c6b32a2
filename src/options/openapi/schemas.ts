import type { Schema, SchemaField } from '../../access/schema';
import type { Fields, Path } from '../checks';
import type { DocumentReader } from './document-reader';
import { ownField } from './references';
import { limitsOf, typeOf, valuesOf } from './schema-facts';
import { printJson } from './values';

const MAX_DEPTH = 8;
const MAX_FIELDS = 100;
const MAX_ALTERNATIVES = 10;
/** Schemas in the tree of one body or parameter. */
const MAX_NODES = 300;
/** Schemas in the trees of one document. */
const MAX_DOCUMENT_NODES = 20_000;

const CUT: Schema = { type: '', limits: [], fields: [], alternatives: [], isCut: true };

/** A schema object, and those above it. */
interface Opened {
  readonly fields: Fields;
  readonly above: readonly Fields[];
  readonly place: Path;
}

/** Reads schemas as trees of bounded size: a schema that contains itself ends there. */
export class SchemaReader {
  readonly #reader: DocumentReader;
  #leftInDocument = MAX_DOCUMENT_NODES;
  #left = 0;

  constructor(reader: DocumentReader) {
    this.#reader = reader;
  }

  read(value: unknown, place: Path): Schema | undefined {
    if (value === undefined) return undefined;
    this.#left = MAX_NODES;
    return this.#read(value, place, []);
  }

  #read(value: unknown, place: Path, above: readonly Fields[]): Schema {
    this.#left -= 1;
    this.#leftInDocument -= 1;
    if (this.#left < 0 || this.#leftInDocument < 0 || above.length > MAX_DEPTH) return CUT;
    if (typeof value === 'boolean') return { ...CUT, isCut: false, type: value ? 'any' : 'none' };
    const resolved = this.#reader.resolve(value, place);
    if (resolved === undefined) return CUT;
    const { fields, name } = resolved;
    if (above.includes(fields)) return { ...CUT, type: name ?? '' };
    return this.#describe({ fields, above: [...above, fields], place });
  }

  #describe(opened: Opened): Schema {
    const { fields, place } = opened;
    const description = this.#reader.text(ownField(fields, 'description'), [...place, 'description']);
    const values = valuesOf(fields, place, this.#reader);
    const defaultValue = printJson(ownField(fields, 'default'), 0);
    const listed = ownField(fields, 'items');
    const own: Schema = {
      type: typeOf(fields),
      ...(description === undefined ? {} : { description }),
      ...(values.length === 0 ? {} : { values }),
      ...(defaultValue === undefined ? {} : { defaultValue }),
      limits: limitsOf(fields, this.#reader),
      fields: this.#fieldsOf(opened),
      ...(listed === undefined ? {} : { items: this.#read(listed, [...place, 'items'], opened.above) }),
      alternatives: ['oneOf', 'anyOf'].flatMap((key) => this.#listOf(opened, key)),
      isCut: false,
    };
    // The parts of `allOf` apply together, so they are shown as one.
    return this.#listOf(opened, 'allOf').reduce<Schema>(
      (whole, part) => ({
        ...part,
        ...whole,
        type: whole.type || part.type,
        limits: [...whole.limits, ...part.limits],
        fields: [...whole.fields, ...part.fields].slice(0, MAX_FIELDS),
        alternatives: [...whole.alternatives, ...part.alternatives],
        isCut: whole.isCut || part.isCut,
      }),
      own,
    );
  }

  #listOf({ fields, above, place }: Opened, key: string): readonly Schema[] {
    const path = [...place, key];
    return this.#reader
      .items(ownField(fields, key), path, MAX_ALTERNATIVES)
      .map((part, index) => this.#read(part, [...path, index], above));
  }

  #fieldsOf({ fields, above, place }: Opened): readonly SchemaField[] {
    const path = [...place, 'properties'];
    const required = this.#reader.items(ownField(fields, 'required'), [...place, 'required'], 1_000);
    return this.#reader.entries(ownField(fields, 'properties'), path, MAX_FIELDS).map(([name, schema]) => ({
      name: this.#reader.line(name, path) ?? '',
      isRequired: required.includes(name),
      schema: this.#read(schema, [...path, name], above),
    }));
  }
}
