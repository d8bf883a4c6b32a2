import type { DocumentInfo, Documentation } from '../../access/documentation';
import type { Operation } from '../../access/operation';
import { DocumentReader } from './document-reader';
import { OperationReader, type OperationSource } from './operations';
import { isObject, ownField } from './references';

const MAX_TAGS = 20;

const readInfo = (reader: DocumentReader, document: unknown): DocumentInfo => {
  const info = ownField(document, 'info');
  const [title, version] = (['title', 'version'] as const).map((name) =>
    reader.line(ownField(info, name), ['info', name]),
  );
  const description = reader.text(ownField(info, 'description'), ['info', 'description']);
  const tags = reader
    .items(ownField(document, 'tags'), ['tags'], MAX_TAGS)
    .map((tag, index) => reader.line(ownField(tag, 'name'), ['tags', index, 'name']));
  return {
    ...(title === undefined ? {} : { title }),
    ...(version === undefined ? {} : { version }),
    ...(description === undefined ? {} : { description }),
    tags: [...new Set(tags.filter((tag) => tag !== undefined))],
  };
};

/** The documentation of an OpenAPI document. Operations are read when they are first needed, which is by a portal. */
export class OpenApiDocumentation implements Documentation {
  readonly info: DocumentInfo;
  readonly document: object | undefined;
  readonly #reader: DocumentReader;
  readonly #sources: readonly OperationSource[];
  #operations: readonly Operation[] | undefined;

  constructor(document: unknown, sources: readonly OperationSource[]) {
    this.document = isObject(document) ? document : undefined;
    this.#reader = new DocumentReader(document);
    this.#sources = sources;
    this.info = this.#readInfo();
  }

  get operations(): readonly Operation[] {
    if (this.#operations === undefined) {
      const operations = new OperationReader(this.#reader);
      this.#operations = this.#sources.map((source) => operations.read(source));
    }
    return this.#operations;
  }

  get problems(): readonly string[] {
    void this.operations;
    return this.#reader.problems;
  }

  #readInfo(): DocumentInfo {
    try {
      return readInfo(this.#reader, this.document);
    } catch {
      this.#reader.note(['info'], 'cannot be read: one of its getters throws');
      return { tags: [] };
    }
  }
}
