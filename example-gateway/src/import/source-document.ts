import { isScalar } from 'yaml';
import type { Path } from '../configuration/fault';
import { YamlText } from '../configuration/yaml-text';
import { ImportError } from './import-error';

/** Aliases in one file, at most: far more than anyone writes by hand. */
const MAX_ALIASES = 1_000;

const decode = (bytes: Uint8Array, name: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ImportError([`${name}: is not UTF-8`]);
  }
};

const parseYaml = (text: string, name: string): YamlText => {
  if ((text.match(/(?:^|[\s[,:{-])\*[^\s*]/g)?.length ?? 0) > MAX_ALIASES) {
    throw new ImportError([`${name}: has more than ${MAX_ALIASES} aliases`]);
  }
  try {
    const yaml = new YamlText(text);
    const faults = yaml.syntaxFaults();
    if (faults.some(({ message }) => /call stack/.test(message))) throw new RangeError('nested too deeply');
    if (faults.length > 0) throw new ImportError(faults.map(({ line, message }) => `${name}:${line}: ${message}`));
    if (yaml.read() === undefined) throw new ImportError([`${name}: expands its aliases too often`]);
    return yaml;
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw new ImportError([`${name}: is nested too deeply`]); // the parser recurses
  }
};

/** Parses JSON only to report its faults: the message of the engine would quote the file. */
const checkJson = (text: string, name: string): void => {
  try {
    JSON.parse(text);
  } catch (error) {
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const line = position === undefined ? '' : `:${text.slice(0, Number(position)).split('\n').length}`;
    throw new ImportError([`${name}${line}: is not JSON`]);
  }
};

/** A YAML or JSON file of a source, parsed, with the lines of its keys. */
export class SourceDocument {
  readonly name: string;
  readonly #yaml: YamlText;

  /**
   * @param edit changes the text before it is parsed, without changing the number of lines
   * @throws ImportError if the file is not UTF-8, YAML or JSON
   */
  constructor(name: string, bytes: Uint8Array, edit = (text: string): string => text) {
    this.name = name;
    const text = edit(decode(bytes, name));
    if (name.toLowerCase().endsWith('.json')) checkJson(text, name);
    this.#yaml = parseYaml(text, name);
  }

  get value(): unknown {
    return this.#yaml.read()?.value;
  }

  lineOf(path: Path): number {
    return this.#yaml.locate(path).line;
  }

  /** Returns the text of a number or a boolean, so that a version `1.0` does not become `1`. */
  writtenAt(path: Path): string | undefined {
    const node: unknown = this.#yaml.document.getIn(path, true);
    return isScalar(node) ? node.source : undefined;
  }
}
