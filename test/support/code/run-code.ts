import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPythonPath } from './python-requests';

export type CodeLanguage = 'curl' | 'javascript' | 'python';

export const CODE_LANGUAGES: readonly CodeLanguage[] = ['curl', 'javascript', 'python'];

interface Interpreter {
  readonly program: string;
  readonly file: string;
}

const INTERPRETERS: Readonly<Record<CodeLanguage, Interpreter>> = {
  curl: { program: 'sh', file: 'code.sh' },
  javascript: { program: process.execPath, file: 'code.mjs' },
  python: { program: 'python3', file: 'code.py' },
};

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with each part of the output. @returns what is written to the input, if anything */
  readonly onOutput?: (output: string) => Promise<string | undefined>;
}

/** Runs code as a reader would, in a process of its own. @returns what it prints @throws if it fails */
export const runCode = async (
  language: CodeLanguage,
  code: string,
  { environment = {}, onOutput }: RunOptions = {},
): Promise<string> => {
  const { program, file } = INTERPRETERS[language];
  const path = join(mkdtempSync(join(tmpdir(), 'scopegate-code-')), file);
  writeFileSync(path, code);
  const pythonPath = language === 'python' ? { PYTHONPATH: findPythonPath() } : {};
  const child = spawn(program, [path], { env: { PATH: process.env['PATH'], ...pythonPath, ...environment } });
  let [output, errors] = ['', ''];
  child.stderr.on('data', (part: Buffer) => (errors += part.toString()));
  child.stdout.on('data', (part: Buffer) => {
    output += part.toString();
    void onOutput?.(output).then((input) => input !== undefined && child.stdin.end(`${input}\n`));
  });
  const status = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${errors}\n${code}`);
  return output;
};
