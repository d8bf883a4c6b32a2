import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type YAMLError,
} from 'yaml';
import type { Path } from './fault';

/** Where something stands in a text, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Something that keeps a text from being read. */
export interface Slip extends Place {
  readonly message: string;
}

/** A YAML text that knows where each of its values stands. JSON is YAML. */
export class YamlText {
  readonly document: Document;
  readonly #source: string;
  readonly #lines = new LineCounter();

  constructor(source: string) {
    this.#source = source;
    this.document = parseDocument(source, { lineCounter: this.#lines, prettyErrors: false, version: '1.2' });
  }

  /** What must be mended before anything else; of each line the first. */
  slips(): readonly Slip[] {
    const problems = [...this.document.errors, ...this.document.warnings];
    return problems.length === 0
      ? this.#strayNodes()
      : this.#firstOfEachLine(problems).map((one) => this.#describe(one));
  }

  /** What the text says. `undefined` when it repeats parts of itself too often. */
  read(): { readonly value: unknown } | undefined {
    try {
      return { value: this.document.toJS() as unknown };
    } catch {
      return undefined;
    }
  }

  /** Where a key or list item stands; the nearest that there is, when it is missing. */
  locate(path: Path): Place {
    let node: unknown = this.document.contents;
    let offset = 0;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(this.document);
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
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

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  #describe(problem: YAMLError): Slip {
    const place = this.#place(problem.pos[0]);
    if (problem.code === 'DUPLICATE_KEY') {
      const key = /^["']?([^\s"':]+)/.exec(this.#source.slice(problem.pos[0]))?.[1] ?? 'the key';
      return { ...place, message: `${key}: stands a second time; keep one of them` };
    }
    const unquoted = this.#source.split(/\r?\n/)[place.line - 1]?.includes('${') ?? false;
    // What the parser quotes of the file may be a secret.
    const message = problem.message.replace(/: ".*"$/s, '');
    const cure = unquoted ? '; put a ${NAME} that stands in { } or [ ] in quotes' : '';
    return { ...place, message: `not YAML: ${message}${cure}` };
  }

  /** One slip makes a parser stumble over the rest of the line. */
  #firstOfEachLine(problems: readonly YAMLError[]): readonly YAMLError[] {
    const seen = new Set<number>();
    return problems.filter(({ pos }) => {
      const { line } = this.#place(pos[0]);
      return !seen.has(line) && seen.add(line);
    });
  }

  #strayNodes(): readonly Slip[] {
    const slips: Slip[] = [];
    const report = (node: { readonly range?: readonly number[] | null | undefined }, message: string): void => {
      slips.push({ ...this.#place(node.range?.[0] ?? 0), message });
    };
    visit(this.document, {
      Alias: (_, alias) => {
        if (alias.resolve(this.document) === undefined) report(alias, `*${alias.source}: names no anchor of this file`);
      },
      Pair: (_, { key }) => {
        if (isMap(key) || isSeq(key)) report(key, 'a key must be a plain word');
      },
    });
    return slips;
  }
}
