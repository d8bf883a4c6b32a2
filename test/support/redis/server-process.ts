import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FOLDER_VARIABLE } from './server';

const PROGRAMS = ['redis-server', 'valkey-server'];

const ends: (() => Promise<void>)[] = [];
const folders: string[] = [];

afterAll(async () => {
  await Promise.all(ends.map((end) => end()));
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

/** Starts the server program that is on the PATH; it ends with the file's tests. */
export const startProcess = async (args: readonly string[]): Promise<ChildProcess> => {
  for (const program of PROGRAMS) {
    const child = spawn(program, args, { stdio: 'ignore' });
    const ended = new Promise<void>((resolve) => {
      child.on('exit', () => resolve());
    });
    const isThere = await new Promise<boolean>((resolve) => {
      child.once('spawn', () => resolve(true)).once('error', () => resolve(false));
    });
    if (!isThere) continue;
    ends.push(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    return child;
  }
  throw new Error(`The tests start servers of their own: ${PROGRAMS.join(' or ')} must be on the PATH.`);
};

/** Creates a folder for a server; it is removed when the servers of the file's tests have ended. */
export const aServerFolder = async (name: string): Promise<string> => {
  const folder = await mkdtemp(join(process.env[FOLDER_VARIABLE] ?? tmpdir(), `${name}-`));
  folders.push(folder);
  return folder;
};

/** Formats options of a server as its arguments. */
export const serverArguments = (options: Readonly<Record<string, string | number>>): readonly string[] =>
  Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
