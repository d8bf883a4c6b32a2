import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aServerFolder, serverArguments, startProcess } from './server-process';

const QUORUM = 2;

export interface SentinelPasswords {
  /** Of the primary and the replicas. */
  readonly server: string;
  readonly sentinel: string;
}

export const NO_PASSWORDS: SentinelPasswords = { server: '', sentinel: '' };

/** Starts a primary, or a replica of the primary at this port. */
export const startServer = async (port: number, password: string, primary?: number): Promise<ChildProcess> => {
  const folder = await aServerFolder('server');
  const options = { port, bind: '127.0.0.1', dir: folder, pidfile: join(folder, 'pid'), appendonly: 'no', save: '' };
  const replication = { 'repl-diskless-sync-delay': 0, ...(primary && { replicaof: `127.0.0.1 ${primary}` }) };
  const credentials = password === '' ? {} : { requirepass: password, masterauth: password };
  return startProcess(serverArguments({ ...options, ...replication, ...credentials }));
};

/** Writes the configuration of a Sentinel for the primary at this port. Returns the file, which Sentinel rewrites. */
export const writeSentinelFile = async (
  name: string,
  port: number,
  primary: number,
  passwords: SentinelPasswords,
): Promise<string> => {
  const folder = await aServerFolder('sentinel');
  const file = join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `pidfile ${join(folder, 'pid')}`,
    `sentinel monitor ${name} 127.0.0.1 ${primary} ${QUORUM}`,
    `sentinel down-after-milliseconds ${name} 1000`,
    `sentinel failover-timeout ${name} 3000`,
    ...(passwords.server === '' ? [] : [`sentinel auth-pass ${name} ${passwords.server}`]),
    ...(passwords.sentinel === '' ? [] : [`requirepass ${passwords.sentinel}`]),
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
};

/** Starts a Sentinel with what is in this file. */
export const startSentinel = (file: string): Promise<ChildProcess> => startProcess([file, '--sentinel']);
