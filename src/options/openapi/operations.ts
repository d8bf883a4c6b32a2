import type { Operation } from '../../access/operation';
import type { Resource } from '../../access/resource';
import type { Path } from '../checks';
import { ContentReader } from './contents';
import type { DocumentReader } from './document-reader';
import { ParameterReader } from './parameters';
import { ownField, type Located } from './references';
import { Samples } from './samples';
import { SchemaReader } from './schemas';

const MAX_TAGS = 20;

/** An operation of a document whose access rule has been read. */
export interface OperationSource {
  readonly resource: Resource;
  readonly method: string;
  /** The path as the document writes it, such as `/orders/{order-id}`. */
  readonly written: string;
  readonly item: Located;
  readonly operation: Located;
}

/** Reads what people read about operations. */
export class OperationReader {
  readonly #reader: DocumentReader;
  readonly #parameters: ParameterReader;
  readonly #contents: ContentReader;

  constructor(reader: DocumentReader) {
    const schemas = new SchemaReader(reader);
    this.#reader = reader;
    this.#parameters = new ParameterReader(reader, schemas);
    this.#contents = new ContentReader({ reader, schemas, samples: new Samples(reader) });
  }

  read(source: OperationSource): Operation {
    const { resource, method, written: path } = source;
    try {
      return this.#read(source);
    } catch {
      this.#reader.note(source.operation.path, 'cannot be read: one of its getters throws');
      return { method, path, resource, tags: [], isDeprecated: false, parameters: [], responses: [] };
    }
  }

  #read({ resource, method, written: path, item, operation }: OperationSource): Operation {
    const field = (name: string): readonly [unknown, Path] => [
      ownField(operation.value, name),
      [...operation.path, name],
    ];
    const id = this.#reader.line(...field('operationId'));
    const summary =
      this.#reader.line(...field('summary')) ??
      this.#reader.line(ownField(item.value, 'summary'), [...item.path, 'summary']);
    const description =
      this.#reader.text(...field('description')) ??
      this.#reader.text(ownField(item.value, 'description'), [...item.path, 'description']);
    const body = this.#contents.body(...field('requestBody'));
    return {
      method,
      path,
      resource,
      ...(id === undefined ? {} : { id }),
      ...(summary === undefined ? {} : { summary }),
      ...(description === undefined ? {} : { description }),
      tags: this.#tags(...field('tags')),
      isDeprecated: ownField(operation.value, 'deprecated') === true,
      parameters: this.#parameters.read(
        path,
        [ownField(item.value, 'parameters'), [...item.path, 'parameters']],
        field('parameters'),
      ),
      ...(body === undefined ? {} : { body }),
      responses: this.#contents.responses(...field('responses')),
    };
  }

  #tags(value: unknown, path: Path): readonly string[] {
    const tags = this.#reader
      .items(value, path, MAX_TAGS)
      .map((tag, index) => this.#reader.line(tag, [...path, index]));
    return [...new Set(tags.filter((tag) => tag !== undefined))];
  }
}
