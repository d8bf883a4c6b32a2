import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Pair,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { Path } from './fault';
import { MERGE_KEY, mergeKeys } from './merge-keys';

/** The maximum number of copies of one anchor: far more than anyone writes by hand, far too few to fill memory. */
const MAX_ALIASES = 10_000;

/** The maximum nesting of merge keys. */
const MAX_MERGE_DEPTH = 32;

/** A position in a text. Lines and columns start at 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** An error that prevents the file from being read. */
export interface SyntaxFault extends Place {
  readonly message: string;
}

// No message quotes the file: the text in question may be a password that lacks quotes.
const STRAY_ALIAS = 'refers to no anchor in this file; put text that begins with * in quotes';

/** Replacements for messages that would quote the file. */
const sentences: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BAD_DIRECTIVE: 'Unknown directive; put text that begins with % in quotes',
  BAD_DQ_ESCAPE: 'Invalid escape sequence; between double quotes a backslash is written twice',
  TAG_RESOLVE_FAILED: 'Unresolved tag; put text that begins with ! in quotes',
};

const describeProblem = ({ code, message }: YAMLError): string => {
  const ending = code === 'UNEXPECTED_TOKEN' ? /: .*$/s : /: ".*"$/s;
  return sentences[code] ?? message.replace(ending, '');
};

/** A YAML text with the positions of its values. JSON is YAML. */
export class YamlText {
  readonly document: Document;
  readonly #source: string;
  readonly #lines = new LineCounter();
  #read: { readonly value: unknown } | undefined;

  constructor(source: string) {
    this.#source = source;
    this.document = parseDocument(source, { lineCounter: this.#lines, prettyErrors: false, version: '1.2' });
  }

  /** Lists the syntax errors, the first one of each line. They must be fixed before anything else is checked. */
  syntaxFaults(): readonly SyntaxFault[] {
    const problems = [...this.document.errors, ...this.document.warnings];
    return problems.length === 0
      ? this.#strayNodes()
      : this.#firstOfEachLine(problems).map((one) => this.#describe(one));
  }

  /** Parses the text. Returns `undefined` if its aliases expand too often. */
  read(): { readonly value: unknown } | undefined {
    if (this.#read !== undefined) return this.#read;
    try {
      this.#read = { value: mergeKeys(this.document.toJS({ maxAliasCount: MAX_ALIASES })) };
    } catch {
      return undefined;
    }
    return this.#read;
  }

  /** Returns the value of a key or list item as written in the file. */
  valueAt(path: Path): unknown {
    return path.reduce<unknown>(
      (value, step) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, step)
          ? (value as Readonly<Record<string | number, unknown>>)[step]
          : undefined,
      this.read()?.value,
    );
  }

  /** Returns the position of a key or list item; that of the nearest existing parent if it is missing. */
  locate(path: Path): Place {
    let node: unknown = this.document.contents;
    let offset = 0;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(this.document);
      if (isMap(node)) {
        const pair = this.#findPair(node, step);
        if (pair === undefined || !isScalar(pair.key)) break;
        offset = pair.key.range?.[0] ?? offset;
        node = pair.value;
      } else if (isSeq(node) && typeof step === 'number') {
        const item = node.items[step];
        if (!isScalar(item) && !isMap(item) && !isSeq(item)) break;
        offset = item.range?.[0] ?? offset;
        node = item;
      } else break;
    }
    return this.#place(offset);
  }

  /** Finds the pair of a key in the map itself or in the maps that it merges. */
  #findPair(map: YAMLMap, step: string | number, depth = 0): Pair | undefined {
    const named = (name: string): Pair | undefined =>
      map.items.find(({ key }) => isScalar(key) && String(key.value) === name);
    const own = named(String(step));
    if (own !== undefined || depth > MAX_MERGE_DEPTH) return own;
    for (const source of this.#sourcesOf(named(MERGE_KEY)?.value)) {
      const merged = this.#findPair(source, step, depth + 1);
      if (merged !== undefined) return merged;
    }
    return undefined;
  }

  /** Resolves the maps that a merge key refers to. */
  #sourcesOf(value: unknown): readonly YAMLMap[] {
    const node = isAlias(value) ? value.resolve(this.document) : value;
    if (isMap(node)) return [node];
    return isSeq(node) ? node.items.flatMap((item) => this.#sourcesOf(item)) : [];
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  #describe(problem: YAMLError): SyntaxFault {
    const place = this.#place(problem.pos[0]);
    if (problem.code === 'DUPLICATE_KEY') {
      const key = /^["']?([^\s"':]+)/.exec(this.#source.slice(problem.pos[0]))?.[1] ?? 'the key';
      return { ...place, message: `${key}: is a duplicate; keep one of them` };
    }
    const unquoted = this.#source.split(/\r?\n/)[place.line - 1]?.includes('${') ?? false;
    const message = describeProblem(problem);
    const cure = unquoted ? '; put a ${NAME} inside { } or [ ] in quotes' : '';
    return { ...place, message: `not YAML: ${message}${cure}` };
  }

  /** Keeps the first error of each line: the parser reports follow-on errors for the rest of the line. */
  #firstOfEachLine(problems: readonly YAMLError[]): readonly YAMLError[] {
    const seen = new Set<number>();
    return problems.filter(({ pos }) => {
      const { line } = this.#place(pos[0]);
      return !seen.has(line) && seen.add(line);
    });
  }

  #strayNodes(): readonly SyntaxFault[] {
    const syntaxFaults: SyntaxFault[] = [];
    const report = (node: { readonly range?: readonly number[] | null | undefined }, message: string): void => {
      syntaxFaults.push({ ...this.#place(node.range?.[0] ?? 0), message });
    };
    visit(this.document, {
      Alias: (_, alias) => {
        if (alias.resolve(this.document) === undefined) report(alias, STRAY_ALIAS);
      },
      Pair: (_, { key, value }) => {
        if (isMap(key) || isSeq(key)) report(key, 'a key must be a plain string');
        if (!isScalar(key) || key.value !== MERGE_KEY || !isNode(value)) return;
        const sources = isSeq(value) ? value.items : [value];
        if (sources.every((source) => this.#sourcesOf(source).length === 1)) return;
        report(key, `${MERGE_KEY}: must be a map, such as *defaults, or a list of maps`);
      },
    });
    return syntaxFaults;
  }
}
