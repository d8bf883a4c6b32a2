import { printPath, type Path } from '../configuration/fault';
import { isMap } from '../configuration/fields';
import type { SourceDocument } from './source-document';

/** The place of a key in a source, for the report. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly key: string;
}

/** Entries of one list or map, at most. */
const MAX_ENTRIES = 5_000;

/** Notified of what is read in a document. */
interface Reading {
  readonly faults: string[];
  onRead(node: SourceNode, key: string): void;
}

/** The keys that were read, and the faults that were found, in all documents of a source. */
export class SourceReading implements Reading {
  readonly faults: string[] = [];
  readonly #maps = new Map<string, { readonly node: SourceNode; readonly read: Set<string> }>();

  /** Opens the root of a document, which must be a map. */
  open(document: SourceDocument): SourceNode {
    return new SourceNode({ document, path: [], value: document.value, reading: this });
  }

  /** Opens a document of which only some keys are read. The others are not listed as unread. */
  openPart(document: SourceDocument): SourceNode {
    const reading: Reading = { faults: this.faults, onRead: () => undefined };
    return new SourceNode({ document, path: [], value: document.value, reading });
  }

  /** Records that a key of a map was read. */
  onRead(node: SourceNode, key: string): void {
    const { id } = node;
    const known = this.#maps.get(id) ?? { node, read: new Set<string>() };
    this.#maps.set(id, known);
    known.read.add(key);
  }

  /** Lists the keys beside those that were read. */
  unread(): readonly SourceNode[] {
    return [...this.#maps.values()].flatMap(({ node, read }) =>
      node.keys().flatMap((key) => (read.has(key) ? [] : [node.peek(key)])),
    );
  }
}

interface Position {
  readonly document: SourceDocument;
  readonly path: Path;
  readonly value: unknown;
  readonly reading: Reading;
}

/**
 * A value in a document of a source. A value of the wrong type is a fault, which is collected and read as absent, so
 * that one run reports all of them. `null` is absent.
 */
export class SourceNode {
  readonly #position: Position;

  constructor(position: Position) {
    this.#position = position;
  }

  get value(): unknown {
    return this.#position.value;
  }

  get isPresent(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** The same for the same value of the same document. */
  get id(): string {
    const { document, path } = this.#position;
    return `${document.name}\0${printPath(path)}`;
  }

  get place(): SourcePlace {
    const { document, path } = this.#position;
    return { file: document.name, line: document.lineOf(path), key: printPath(path) };
  }

  /** Returns the value of a key without recording that it was read. */
  peek(key: string | number): SourceNode {
    const { value, path } = this.#position;
    const own = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    const below = own ? (value as Readonly<Record<string | number, unknown>>)[key] : undefined;
    return new SourceNode({ ...this.#position, path: [...path, key], value: below });
  }

  /** Returns the value of a text that is JSON, at the same place; itself if it is not a text. */
  parsed(): SourceNode {
    if (typeof this.value !== 'string') return this;
    try {
      return new SourceNode({ ...this.#position, value: JSON.parse(this.value) as unknown });
    } catch {
      this.fault('must be a map, or the text of a map in JSON');
      return new SourceNode({ ...this.#position, value: undefined });
    }
  }

  get(key: string): SourceNode {
    if (isMap(this.value)) this.#position.reading.onRead(this, key);
    return this.peek(key);
  }

  /** Returns the first of several spellings of a key that is present. */
  getOne(...keys: readonly [string, ...string[]]): SourceNode {
    return keys.map((key) => this.get(key)).find(({ isPresent }) => isPresent) ?? this.get(keys[0]);
  }

  /** Records keys as read that need no counterpart. */
  ignore(...keys: readonly string[]): void {
    for (const key of keys) this.get(key);
  }

  keys(): readonly string[] {
    return isMap(this.value) ? Object.keys(this.value).slice(0, MAX_ENTRIES) : [];
  }

  /** Lists the entries of a map. */
  entries(): readonly (readonly [string, SourceNode])[] {
    if (!this.isPresent) return [];
    if (!isMap(this.value)) return this.fault('must be a map') ?? [];
    if (Object.keys(this.value).length > MAX_ENTRIES) return this.fault(`has more than ${MAX_ENTRIES} keys`) ?? [];
    return this.keys().map((key) => [key, this.get(key)] as const);
  }

  /** Lists the items of a list. A single value is a list of one. */
  items(): readonly SourceNode[] {
    if (!this.isPresent) return [];
    if (!Array.isArray(this.value)) return [this];
    if (this.value.length > MAX_ENTRIES) return this.fault(`has more than ${MAX_ENTRIES} items`) ?? [];
    return this.value.map((_, index) => this.peek(index));
  }

  /** Reads a string. A number or a boolean is returned as its text. */
  text(): string | undefined {
    const { value, document, path } = this.#position;
    if (!this.isPresent) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return document.writtenAt(path) ?? String(value);
    return this.fault('must be a string');
  }

  /** Reads a list of strings. */
  texts(): readonly string[] {
    return this.items()
      .map((item) => item.text())
      .filter((text) => text !== undefined);
  }

  number(): number | undefined {
    if (!this.isPresent) return undefined;
    const number = typeof this.value === 'string' && this.value.trim() !== '' ? Number(this.value) : this.value;
    return typeof number === 'number' && Number.isFinite(number) ? number : this.fault('must be a number');
  }

  flag(): boolean | undefined {
    if (!this.isPresent) return undefined;
    if (typeof this.value === 'boolean') return this.value;
    if (this.value === 'true' || this.value === 'false') return this.value === 'true';
    return this.fault('must be true or false');
  }

  /** Reads a map, as itself; a value of another type is a fault, and an absent one has no keys. */
  map(): SourceNode {
    if (this.isPresent && !isMap(this.value)) this.fault('must be a map');
    return this;
  }

  fault(problem: string): undefined {
    const { file, line, key } = this.place;
    this.#position.reading.faults.push(`${file}:${line}: ${key === '' ? 'the file' : key}: ${problem}`);
    return undefined;
  }
}
