import { readFileSync } from 'node:fs';
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
import { errorCode } from '../error-code';
import { printPath, StartError, type Fault, type Faults, type Path } from './fault';
import { resolveReferences, takesText, type Environment } from './references';

/** A YAML file that knows where each of its values stands. JSON is YAML. */
export class YamlFile {
  readonly #name: string;
  readonly #document: Document;
  readonly #lines = new LineCounter();

  /** @throws StartError when the file cannot be read or is not YAML */
  constructor(name: string) {
    this.#name = name;
    const source = readSource(name);
    this.#document = parseDocument(source, { lineCounter: this.#lines, prettyErrors: false, version: '1.2' });
    const problems = [...this.#document.errors, ...this.#document.warnings];
    this.#refuse(firstOfEachLine(problems, this.#lines).map((problem) => this.#describe(problem, source)));
    this.#refuse(this.#strayNodes());
  }

  /** What the file says, with the environment's values in place. */
  read(environment: Environment, faults: Faults): unknown {
    resolveReferences(this.#document, environment, faults);
    try {
      return this.#document.toJS();
    } catch {
      return faults.add([], 'repeats parts of itself (aliases) too often');
    }
  }

  /** @throws StartError with one message for each fault, in the file's order */
  refuse(faults: readonly Fault[]): void {
    const located = faults.map((fault) => ({ ...this.#locate(fault.path), ...fault }));
    located.sort((a, b) => a.line - b.line || a.column - b.column);
    this.#refuse(
      located.map(({ path, problem, line, column }) => {
        const key = printPath(path) || 'the file';
        return `${this.#name}:${line}:${column}: ${key}: ${problem}${this.#quotingHint(path)}`;
      }),
    );
  }

  #refuse(messages: readonly string[]): void {
    if (messages.length > 0) throw new StartError([...new Set(messages)]);
  }

  /** Line and column of a key or list item; of the nearest that there is, when it is missing. */
  #locate(path: Path): { line: number; column: number } {
    let node: unknown = this.#document.contents;
    let offset = 0;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(this.#document);
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
    return this.#position(offset);
  }

  #position(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  #describe(problem: YAMLError, source: string): string {
    const { line, column } = this.#position(problem.pos[0]);
    const at = `${this.#name}:${line}:${column}`;
    if (problem.code === 'DUPLICATE_KEY') {
      const key = /^["']?([^\s"':]+)/.exec(source.slice(problem.pos[0]))?.[1] ?? 'the key';
      return `${at}: ${key}: stands a second time; keep one of them`;
    }
    const unquoted = source.split(/\r?\n/)[line - 1]?.includes('${') ?? false;
    // What the parser quotes of the file may be a secret.
    const message = problem.message.replace(/: ".*"$/s, '');
    return `${at}: not YAML: ${message}${unquoted ? '; put a ${NAME} that stands in { } or [ ] in quotes' : ''}`;
  }

  #strayNodes(): string[] {
    const messages: string[] = [];
    const report = (node: { readonly range?: readonly number[] | null | undefined }, text: string): void => {
      const { line, column } = this.#position(node.range?.[0] ?? 0);
      messages.push(`${this.#name}:${line}:${column}: ${text}`);
    };
    visit(this.#document, {
      Alias: (_, alias) => {
        if (alias.resolve(this.#document) === undefined)
          report(alias, `*${alias.source}: names no anchor of this file`);
      },
      Pair: (_, { key }) => {
        if (isMap(key) || isSeq(key)) report(key, 'a key must be a plain word');
      },
    });
    return messages;
  }

  #quotingHint(path: Path): string {
    const value = this.#document.getIn(path);
    if (!takesText(path) || (typeof value !== 'number' && typeof value !== 'boolean')) return '';
    return `; YAML reads ${String(value)} as a ${typeof value}, so put it in quotes`;
  }
}

const readSource = (name: string): string => {
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    const missing = errorCode(error) === 'ENOENT';
    throw new StartError([`${name}: ${missing ? 'there is no such file' : `cannot be read (${errorCode(error)})`}`]);
  }
};

/** One slip makes a parser stumble over the rest of the line. */
const firstOfEachLine = (problems: readonly YAMLError[], lines: LineCounter): readonly YAMLError[] => {
  const seen = new Set<number>();
  return problems.filter(({ pos }) => {
    const { line } = lines.linePos(pos[0]);
    return !seen.has(line) && seen.add(line);
  });
};
