import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { until } from '../../../test/support/time/waiting';
import { sendRaw, type RawResponse } from '../../../test/support/http/raw-http';
import type { LogLine } from './gateway';

const ROOT = join(__dirname, '..', '..', '..');
const MAIN = join(ROOT, 'example-gateway', 'dist', 'main.js');

const running = new Set<number>();

/** Sends a signal to the process and to all that it has started. A group that has ended is left alone. */
export const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

afterAll(() => {
  for (const pid of running) signalGroup(pid, 'SIGKILL');
  running.clear();
});

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

export interface GatewayProcess {
  /** The process, which is the leader of a group of its own. */
  readonly pid: number;
  readonly output: () => string;
  readonly log: () => string;
  /** The log lines that are JSON. */
  readonly lines: () => readonly LogLine[];
  /** Resolves with the address once the ready line is printed. @throws with the log if the process ends instead */
  readonly ready: Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

const linesOf = (log: string): readonly LogLine[] =>
  log.split('\n').flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line) as LogLine] : []));

/** Starts the built gateway in a process of its own. It is killed after the file's tests, with its workers. */
export const startProcess = (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): GatewayProcess => {
  const { PORT: _, REDIS_URL: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: ROOT,
    env: { ...inherited, ...environment },
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the gateway could not be started');
  running.add(pid);
  let [output, log] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const [, url] = /^example gateway ready on (\S+)\n/m.exec(output) ?? [];
      if (url !== undefined) resolve(url);
    });
    void ended.then(() => reject(new Error(`it ended: ${log}`)));
  });
  ready.catch(() => undefined);
  return { pid, output: () => output, log: () => log, lines: () => linesOf(log), ready, ended };
};

/** Waits for a log line with this message, and returns the last one. */
export const lineOf = async ({ lines }: GatewayProcess, message: string): Promise<LogLine> => {
  const find = (): LogLine | undefined => lines().findLast(({ msg }) => msg === message);
  await until(() => find() !== undefined);
  const found = find();
  if (found === undefined) throw new Error('unreachable');
  return found;
};

/** The processes of the workers that have listened so far, by number; the last one of each. */
export const workerPids = ({ lines }: GatewayProcess): ReadonlyMap<number, number> =>
  new Map(
    lines().flatMap(({ msg, worker, workerPid }) =>
      msg === 'A worker listens' ? [[Number(worker), Number(workerPid)] as const] : [],
    ),
  );

/** Sends a request over a connection of its own, so that it may reach any worker. */
export const request = (url: string, line: string, headers: readonly string[] = [], body = ''): Promise<RawResponse> =>
  sendRaw(
    Number(new URL(url).port),
    [`${line} HTTP/1.1`, 'Host: a', `Content-Length: ${body.length}`, ...headers, '', body].join('\r\n'),
    { deadlineMs: 20_000 },
  );

/** The values of a page of metrics, by name and labels. */
export const valuesIn = (page: string): ReadonlyMap<string, number> =>
  new Map(
    page.split('\n').flatMap((line) => {
      const [, series, value] = /^([^#\s].*) (\S+)$/.exec(line) ?? [];
      return series === undefined ? [] : [[series, Number(value)] as const];
    }),
  );
