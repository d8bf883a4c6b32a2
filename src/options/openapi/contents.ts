import type { Body, Content, DocumentedResponse } from '../../access/operation';
import type { Fields, Path } from '../checks';
import type { DocumentReader } from './document-reader';
import { ownField } from './references';
import type { Samples } from './samples';
import type { SchemaReader } from './schemas';
import { printJson } from './values';

const MAX_CONTENTS = 10;
const MAX_RESPONSES = 50;

const MEDIA_TYPE = /^[\w.+*-]{1,100}\/[\w.+*-]{1,100}(?:\s*;[\x20-\x7E]{1,100})?$/;

const STATUS = /^(?:[1-5](?:\d\d|XX)|default)$/;

export interface ContentServices {
  readonly reader: DocumentReader;
  readonly schemas: SchemaReader;
  readonly samples: Samples;
}

/** Reads request bodies and responses. */
export class ContentReader {
  readonly #services: ContentServices;

  constructor(services: ContentServices) {
    this.#services = services;
  }

  body(value: unknown, place: Path): Body | undefined {
    if (value === undefined) return undefined;
    const { reader } = this.#services;
    const fields = reader.fields(value, place);
    if (fields === undefined) return undefined;
    const description = reader.text(ownField(fields, 'description'), [...place, 'description']);
    return {
      isRequired: ownField(fields, 'required') === true,
      ...(description === undefined ? {} : { description }),
      contents: this.#contents(fields, place),
    };
  }

  responses(value: unknown, place: Path): readonly DocumentedResponse[] {
    const { reader } = this.#services;
    return reader.entries(value, place, MAX_RESPONSES).flatMap(([status, declared]) => {
      if (status.startsWith('x-')) return [];
      const path = [...place, status];
      const fields = STATUS.test(status) ? reader.fields(declared, path) : reader.note(path, 'is not a status');
      if (fields === undefined) return [];
      const description = reader.text(ownField(fields, 'description'), [...path, 'description']);
      return [
        { status, ...(description === undefined ? {} : { description }), contents: this.#contents(fields, path) },
      ];
    });
  }

  #contents(fields: Fields, place: Path): readonly Content[] {
    const { reader } = this.#services;
    const path = [...place, 'content'];
    return reader.entries(ownField(fields, 'content'), path, MAX_CONTENTS).flatMap(([mediaType, declared]) => {
      const content = MEDIA_TYPE.test(mediaType)
        ? reader.fields(declared, [...path, mediaType])
        : reader.note(path, 'has a name that is not a media type');
      return content === undefined ? [] : [this.#content(mediaType, content, [...path, mediaType])];
    });
  }

  #content(mediaType: string, fields: Fields, place: Path): Content {
    const schema = this.#services.schemas.read(ownField(fields, 'schema'), [...place, 'schema']);
    const example = this.#example(mediaType, fields, place);
    return { mediaType, ...(schema === undefined ? {} : { schema }), ...(example === undefined ? {} : { example }) };
  }

  /** Returns the first example as it is sent; for JSON without one, a value of the schema. */
  #example(mediaType: string, fields: Fields, place: Path): string | undefined {
    const { reader, samples } = this.#services;
    const isJson = /[/+]json\b/.test(mediaType);
    const [listed] = reader.entries(ownField(fields, 'examples'), [...place, 'examples'], MAX_CONTENTS);
    const named = listed && reader.fields(listed[1], [...place, 'examples', listed[0]]);
    const value =
      ownField(fields, 'example') ??
      (named && ownField(named, 'value')) ??
      (isJson ? samples.make(ownField(fields, 'schema')) : undefined);
    if (value === undefined) return undefined;
    const printed = typeof value === 'string' && !isJson ? value.slice(0, 20_000) : printJson(value, 2);
    return printed ?? reader.note([...place, 'example'], 'is too large to be shown');
  }
}
