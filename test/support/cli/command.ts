import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const MAIN = join(ROOT, 'dist/cli/main.js');
const START = join(ROOT, 'scripts/start.mjs');

/** Milliseconds. Building takes longer than a test may on a busy machine. */
export const BUILD_DEADLINE_MS = 180_000;

// Tests that start several processes take long on a busy machine.
jest.setTimeout(BUILD_DEADLINE_MS);

/** Builds the command and the example gateway, like `npm start`, which then refuses the flag and exits. */
export const buildCommand = (): void => {
  const { status, stderr } = spawnSync(process.execPath, [START, '--build'], { cwd: ROOT, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("Unknown option '--build'") });
};

/** What a process of the command has printed, and its exit code. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandInputs {
  /** Standard input. @default empty */
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Returns the words that start `scopegate`. */
export const commandLine = (args: readonly string[]): readonly string[] => [process.execPath, MAIN, ...args];

/** Runs `scopegate` in a process of its own. */
export const runCommand = (
  args: readonly string[],
  { input = '', environment = {} }: CommandInputs = {},
): Promise<Ended> => {
  const { REDIS_URL: _url, ...inherited } = process.env;
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...inherited, ...environment } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.on('error', () => undefined); // it may end without reading
  child.stdin.end(input);
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
};

/** Runs `scopegate` with `--json`, and returns the document. @throws unless the exit code is this one */
export const runJson = async (args: readonly string[], inputs: CommandInputs = {}, code = 0): Promise<unknown> => {
  const ended = await runCommand([...args, '--json'], inputs);
  expect({ code: ended.code, stderr: ended.stderr }).toEqual({
    code,
    stderr: code === 0 ? '' : (expect.any(String) as string),
  });
  return JSON.parse(ended.stdout);
};

const folder = mkdtempSync(join(tmpdir(), 'scopegate-cli-'));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Returns a path of the tests' own at which nothing exists. */
export const freshPath = (): string => {
  files += 1;
  return join(folder, `file-${files}`);
};

/** Writes a file of the tests' own, and returns its path. */
export const fileWith = (text: string, ending = ''): string => {
  const path = `${freshPath()}${ending}`;
  writeFileSync(path, text);
  return path;
};
