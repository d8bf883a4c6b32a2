import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createCheckout, ROOT } from '../support/checkout/checkout';
import { after } from '../support/time/waiting';

const READY = /^example gateway ready on (http:\/\/127\.0\.0\.1:\d+)$/m;

/** Runs `npm start` as the leader of a process group, as a terminal or a process manager would. */
const npmStartIn = (folder: string, ...args: readonly string[]) => {
  const { PORT: _port, REDIS_URL: _redis, ...env } = process.env;
  const child = spawn('npm', ['start', '--', ...args], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const seen = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk.toString();
        const match = pattern.exec(stdout);
        if (match !== null) resolve(match);
      });
      child.once('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${stdout}${stderr}`)));
    });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('npm is not there');
  return {
    ready: seen(READY),
    ended,
    output: () => ({ stdout, stderr }),
    signal: (signal: NodeJS.Signals, to: 'alone' | 'group') => process.kill(to === 'alone' ? pid : -pid, signal),
  };
};

const npmStart = (...args: readonly string[]) => npmStartIn(ROOT, ...args);

/** The folders of builds that are going on. */
const buildFolders = (root: string): readonly string[] => {
  const dist = join(root, 'example-gateway/dist');
  return existsSync(dist) ? readdirSync(dist).filter((name) => name.startsWith('.start-')) : [];
};

describe('npm start', () => {
  it.each([
    ['SIGTERM', 'alone'],
    ['SIGTERM', 'group'],
    ['SIGINT', 'group'],
  ] as const)('exits with 0 on %s to it %s, after one stop of the gateway', async (signal, to) => {
    const started = npmStart('--port', '0');
    const [, url = ''] = await started.ready;
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    started.signal(signal, to);
    expect(await started.ended).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
    expect(started.output().stderr.match(/Stopping/g)).toHaveLength(1);
  });

  it('exits with 0 on a signal during the build', async () => {
    const checkout = createCheckout();
    const before = buildFolders(checkout.folder);
    const started = npmStartIn(checkout.folder, '--port', '0');
    started.ready.catch(() => undefined);
    while (buildFolders(checkout.folder).every((name) => before.includes(name))) await after(10);
    started.signal('SIGTERM', 'group');
    expect(await started.ended).toBe(0);
    expect(started.output().stdout).not.toMatch(READY);
    expect(buildFolders(checkout.folder)).toEqual(before);
    checkout.remove();
  });

  it('passes arguments on and exits with 1 when they are invalid, with only npm on standard output', async () => {
    const started = npmStart('--port', 'many');
    await expect(started.ready).rejects.toThrow('npm start ended with 1');
    const { stdout, stderr } = started.output();
    expect(stderr).toContain('--port: must be a port');
    expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('>'))).toEqual([]);
  });
});
