import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { until } from '../../test/support/time/waiting';
import { aConfiguration, aFile } from './support/gateway';

const ROOT = join(__dirname, '..', '..');
const MAIN = join(ROOT, 'example-gateway', 'dist', 'main.js');
const START = join(ROOT, 'scripts', 'start.mjs');

/** Lines of about 350 bytes, so these are more than the 1 MiB that the gateway buffers and what a pipe holds. */
const REQUESTS = 10_000;

let child: ChildProcess | undefined;

beforeAll(() => {
  // Builds, and exits immediately because the gateway refuses the flag.
  spawnSync(process.execPath, [START, '--build'], { cwd: ROOT });
}, 120_000);

afterEach(() => void child?.kill('SIGKILL'));

/** Starts the built gateway with an access log, which is not read until the test does. */
const startUnread = async () => {
  const { PORT: _, REDIS_URL: __, ...environment } = process.env;
  const metrics = { port: 0 };
  const file = aFile(JSON.stringify(aConfiguration({ log: { access: true }, metrics })));
  const started = spawn(process.execPath, [MAIN, '--config', file], { cwd: ROOT, env: environment });
  child = started;
  let output = '';
  started.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  started.stderr.pause();
  await until(() => output.includes('\n'));
  const url = /ready on (\S+)/.exec(output)?.[1] ?? '';
  return { url, standardError: started.stderr };
};

/** Reads a paused stream from now on. @returns a function that returns the text so far */
const readAll = (stream: Readable): (() => string) => {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  stream.resume();
  return () => text;
};

/** Sends many requests over one connection, and resolves when all are answered. */
const sendMany = (url: string, count: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const client = connect(Number(new URL(url).port), '127.0.0.1');
    let [text, answered] = ['', 0];
    client.on('error', reject).on('data', (chunk: Buffer) => {
      const parts = (text + chunk.toString('latin1')).split('HTTP/1.1 401');
      answered += parts.length - 1;
      text = parts.at(-1)?.slice(-20) ?? '';
      if (answered < count) return;
      client.destroy();
      resolve();
    });
    const one = `GET /orders/1 HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${'i'.repeat(128)}\r\n\r\n`;
    client.write(one.repeat(count));
  });

describe('the gateway process with an access log', () => {
  it('serves requests while nothing reads the log, and then logs how many lines it has dropped', async () => {
    const { url, standardError } = await startUnread();
    await sendMany(url, REQUESTS);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const log = readAll(standardError);
    await until(() => log().includes('Log lines were dropped'));
    const lines = log().trim().split('\n');
    const written = lines.filter((line) => line.includes('"msg":"request"')).length;
    const dropped = Number(/"lines":(\d+)/.exec(lines.find((line) => line.includes('were dropped')) ?? '')?.[1]);
    expect(written).toBeLessThan(REQUESTS);
    expect(written + dropped).toBeGreaterThanOrEqual(REQUESTS);
  });

  it('logs no warning of Node for a proxied request', async () => {
    const { url, standardError } = await startUnread();
    const log = readAll(standardError);
    expect((await fetch(`${url}/orders/health`)).status).toBe(200);
    await until(() => log().includes('"resource":"/health"'));
    expect(log()).not.toContain('Warning');
  });
});
