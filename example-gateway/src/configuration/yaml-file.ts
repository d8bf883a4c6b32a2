import { readFileSync } from 'node:fs';
import { errorCode } from '../error-code';
import { printPath, StartError, type Fault, type Faults, type Path } from './fault';
import { resolveReferences, takesText, type Environment } from './references';
import { YamlText } from './yaml-text';

/** The gateway's file. What is wrong with it is told with line and column. */
export class YamlFile {
  readonly #name: string;
  readonly #text: YamlText;

  /** @throws StartError when the file cannot be read or is not YAML */
  constructor(name: string) {
    this.#name = name;
    this.#text = new YamlText(readSource(name));
    this.#refuse(this.#text.slips().map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`));
  }

  /** What the file says, with the environment's values in place. */
  read(environment: Environment, faults: Faults): unknown {
    resolveReferences(this.#text.document, environment, faults);
    const read = this.#text.read();
    return read === undefined ? faults.add([], 'repeats parts of itself (aliases) too often') : read.value;
  }

  /** @throws StartError with one message for each fault, in the file's order */
  refuse(faults: readonly Fault[]): void {
    const located = faults.map((fault) => ({ ...this.#text.locate(fault.path), ...fault }));
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

  #quotingHint(path: Path): string {
    const value = this.#text.document.getIn(path);
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
