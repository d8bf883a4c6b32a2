import { printPath, StartError, type Fault, type Faults, type Path } from './fault';
import { isMap } from './fields';
import { takesText } from './key-kinds';
import { resolveReferences, type Environment } from './references';
import { readTextFile } from './text-file';
import { YamlText } from './yaml-text';

/** The gateway's file. Faults are reported with line and column. */
export class YamlFile {
  readonly #name: string;
  readonly #text: YamlText;

  /** @throws StartError when the file cannot be read or is not YAML */
  constructor(name: string) {
    this.#name = name;
    this.#text = new YamlText(readSource(name));
    this.#refuse(this.#text.syntaxFaults().map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`));
  }

  /** The contents of the file, with variables replaced. */
  read(environment: Environment, faults: Faults): unknown {
    const read = this.#text.read();
    if (read === undefined) return faults.add([], 'expands its aliases too often');
    return resolveReferences(withoutTemplates(read.value), environment, faults);
  }

  /** @throws StartError with one message for each fault, in the file's order */
  refuse(faults: readonly Fault[]): void {
    const located = faults.map((fault) => ({ ...this.#text.locate(fault.path), ...fault }));
    located.sort((a, b) => a.line - b.line || a.column - b.column);
    this.#refuse(
      located.map(({ path, problem, line, column }) => {
        const key = printPath(path.map(nameOf)) || 'the file';
        return `${this.#name}:${line}:${column}: ${key}: ${problem}${this.#quotingHint(path, problem)}`;
      }),
    );
  }

  #refuse(messages: readonly string[]): void {
    if (messages.length > 0) throw new StartError([...new Set(messages)], 'gateway-file');
  }

  #quotingHint(path: Path, problem: string): string {
    if (!/^(?:must be|is not one) /.test(problem)) return '';
    const value = this.#text.valueAt(path);
    if (!takesText(path) || (typeof value !== 'number' && typeof value !== 'boolean')) return '';
    return `; YAML reads it as a ${typeof value}, so put it in quotes`; // the value may be a secret
  }
}

/** Removes the top-level keys that begin with `x-`: they hold templates that other keys merge or alias. */
const withoutTemplates = (value: unknown): unknown =>
  isMap(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('x-'))) : value;

/** Returns a step of a path for a message, cut at a blank: in `{ password s3cret }` both words are one key. */
const nameOf = (step: string | number): string | number =>
  typeof step === 'string' && /\s/.test(step) ? `${step.split(/\s/, 1)[0] ?? ''}…` : step;

const readSource = (name: string): string => {
  const source = readTextFile(name);
  if ('text' in source) return source.text;
  if ('problem' in source) throw new StartError([`${name}: ${source.problem}`], 'gateway-file');
  const isMissing = source.code === 'ENOENT';
  throw new StartError(
    [`${name}: ${isMissing ? 'there is no such file' : `cannot be read (${source.code})`}`],
    'gateway-file',
  );
};
