import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..', '..');
export const MAIN = join(ROOT, 'example-gateway', 'dist', 'main.js');
export const START = join(ROOT, 'scripts', 'start.mjs');

type Variables = Readonly<Record<string, string>>;

const children = new Set<ChildProcess>();

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

export interface GatewayProcess {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly log: () => string;
  /** What the process printed until it was ready: the ready line, and anything before it. */
  readonly ready: Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/** Builds the gateway. */
export const buildGateway = (): void => {
  // Exits immediately after the build because the gateway refuses the flag.
  const { status, stderr } = spawnSync(process.execPath, [START, '--build'], { cwd: ROOT, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("Unknown option '--build'") });
};

/** Starts the built gateway in a process of its own. It ends with the test. */
export const startProcess = (args: readonly string[], environment: Variables = {}, script = MAIN) => {
  const { PORT: _, REDIS_URL: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [script, ...args], { cwd: ROOT, env: { ...inherited, ...environment } });
  children.add(child);
  return child;
};

/** Runs the built gateway in a process of its own, and reads what it prints. */
export const runProcess = (args: readonly string[], environment: Variables = {}, script = MAIN): GatewayProcess => {
  const child = startProcess(args, environment, script);
  let output = '';
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (/^example gateway ready on .*\n/m.test(output)) resolve(output);
    });
    void ended.then(() => reject(new Error(`it ended: ${log}`)));
  });
  ready.catch(() => undefined);
  return { child, output: () => output, log: () => log, ready, ended };
};

/** The address in the ready line. */
export const urlIn = (output: string): string => /^example gateway ready on (\S+)$/m.exec(output)?.[1] ?? '';
