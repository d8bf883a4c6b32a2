import { dirname, isAbsolute, join } from 'node:path';
import { printPath, type Faults, type Path } from './fault';
import { isMap, type Fields } from './fields';
import { printName, readTextFile } from './text-file';
import { YamlText, type Place } from './yaml-text';

/** An OpenAPI document that is read from its own file. */
export interface OpenApiFile {
  readonly document: Fields;
  /** Formats an error inside the document, with its position there, as the problem of the key that names the file. */
  describe(inside: Path, problem: string): string;
}

const MAX_SYNTAX_FAULTS = 5;

/** Reads an API's document, YAML or JSON. `${NAME}` is plain text in it. `file` is the path of the gateway's file. */
export const readOpenApiFile = (faults: Faults, value: unknown, path: Path, file: string): OpenApiFile | undefined => {
  if (typeof value !== 'string' || value === '') {
    return faults.add(path, 'must be the path of an OpenAPI document, YAML or JSON');
  }
  const name = isAbsolute(value) ? value : join(dirname(file), value);
  const at = ({ line, column }: Place): string => `${name}:${line}:${column}`;
  const source = readTextFile(name);
  if ('code' in source) {
    return faults.add(path, `names ${printName(value)}, which cannot be read; paths are relative to this file`);
  }
  if ('problem' in source) return faults.add(path, `${name}: ${source.problem}`);

  const text = new YamlText(source.text);
  const syntaxFaults = text.syntaxFaults();
  if (syntaxFaults.length > 0) {
    for (const fault of syntaxFaults.slice(0, MAX_SYNTAX_FAULTS)) faults.add(path, `${at(fault)}: ${fault.message}`);
    return undefined;
  }
  const read = text.read();
  if (read === undefined) return faults.add(path, `${name}: expands its aliases too often`);
  if (!isMap(read.value)) return faults.add(path, `${name}: is not an OpenAPI document: it is not a map`);
  return {
    document: read.value,
    describe: (inside, problem) => `${at(text.locate(inside))}: ${printPath(inside)}: ${problem}`,
  };
};
