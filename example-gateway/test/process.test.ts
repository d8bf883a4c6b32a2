import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { aConfiguration, aFile, anApi } from './support/gateway';
import { anUpstream } from './support/upstream';

const ROOT = join(__dirname, '..', '..');
const MAIN = join(ROOT, 'example-gateway', 'dist', 'main.js');
const START = join(ROOT, 'scripts', 'start.mjs');

const children = new Set<ChildProcess>();

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly log: () => string;
  /** What the process printed once it was ready: the ready line and what follows it at once. */
  readonly ready: Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/** Runs the built gateway in a process of its own. */
const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}): Run => {
  const { PORT: _, REDIS_URL: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: ROOT, env: { ...inherited, ...environment } });
  children.add(child);
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
      if (/^example gateway ready on .*\n/m.test(output)) setTimeout(() => resolve(output), 50);
    });
    void ended.then(() => reject(new Error(`it ended: ${log}`)));
  });
  ready.catch(() => undefined);
  return { child, output: () => output, log: () => log, ready, ended };
};

const urlIn = (output: string): string => /^example gateway ready on (\S+)$/m.exec(output)?.[1] ?? '';

const after = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

describe('the gateway as a process', () => {
  beforeAll(() => {
    // Builds, and ends at once: the gateway refuses the flag.
    const { status, stderr } = spawnSync(process.execPath, [START, '--build'], { cwd: ROOT, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("Unknown option '--build'") });
  }, 60_000);

  it('prints the ready line, and with a file of its own nothing else', async () => {
    const gateway = run(['--config', aFile(JSON.stringify(aConfiguration()))]);
    const output = await gateway.ready;
    expect(output).toMatch(/^example gateway ready on http:\/\/127\.0\.0\.1:\d+\n$/);
    expect((await fetch(`${urlIn(output)}/orders/health`)).status).toBe(200);
    expect(gateway.log()).toContain('memory');
  });

  it('prints requests that work as they stand, with the default file', async () => {
    const gateway = run(['--port', '0']);
    const [readyLine, ...lines] = (await gateway.ready).split('\n');
    expect(readyLine).toMatch(/^example gateway ready on http:\/\/127\.0\.0\.1:\d+$/);
    const walk = execFileSync('sh', ['-eu'], { input: lines.join('\n'), encoding: 'utf8' });
    const answers = walk.trim().split('\n');
    const [token, orders, first, refused, second, changed, third] = answers;
    expect(JSON.parse(token ?? '')).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'read' });
    expect([first, second, third]).toEqual(['200', '403', '200']);
    expect(JSON.parse(orders ?? '')).toMatchObject({ caller: { 'x-authenticated-userid': 'john@gmail.com@johnsorg' } });
    expect(JSON.parse(refused ?? '')).toMatchObject({ error: 'insufficient_scope', scope: 'update' });
    expect(JSON.parse(changed ?? '')).toMatchObject({ order: { id: '1', status: 'shipped' } });
    expect(answers).toHaveLength(7);

    const store = lines.find((line) => line.startsWith('# The API Store')) ?? '';
    const [, user, address = ''] = /\((.*)\): (http\S+)$/.exec(store) ?? [];
    expect({ user, address }).toEqual({
      user: 'john@gmail.com@johnsorg, johns-password',
      address: `${urlIn(readyLine ?? '')}/store`,
    });
    expect((await fetch(address)).status).toBe(200);
  });

  it('prefers the flag to the variable, and the variable to the file', async () => {
    const file = aFile(JSON.stringify(aConfiguration({ listen: { port: 1 } })));
    expect(urlIn(await run(['--config', file], { PORT: '0' }).ready)).toMatch(/:\d{4,5}$/);
    expect(urlIn(await run(['--config', file, '--port', '0'], { PORT: '1' }).ready)).toMatch(/:\d{4,5}$/);
  });

  it('answers a faulty file with its faults and 1', async () => {
    const file = aFile('listen: { port: x }\nportal: store\n');
    const gateway = run(['--config', file]);
    expect(await gateway.ended).toEqual({ code: 1, signal: null });
    expect(gateway.output()).toBe('');
    expect(gateway.log().trim().split('\n')).toEqual([
      `${file}:1:11: listen.port: must be a port from 0 to 65535; 0 is any free one`,
      `${file}:2:1: portal: must be a path such as /store, without a slash at its end`,
    ]);
  });

  it('answers a faulty flag with a sentence and 1', async () => {
    const gateway = run(['--prot', '1']);
    expect(await gateway.ended).toEqual({ code: 1, signal: null });
    expect(gateway.log()).toMatch(/^Unknown option '--prot'\nusage: /);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('finishes what it is at and ends with 0 on %s', async (signal) => {
    const upstream = await anUpstream((_request, response) => void setTimeout(() => response.end('whole'), 400));
    const gateway = run(['--config', aFile(JSON.stringify(aConfiguration({ apis: { orders: anApi(upstream.url) } })))]);
    const url = urlIn(await gateway.ready);
    const inFlight = fetch(`${url}/orders/health`);
    await after(100);
    gateway.child.kill(signal);
    await after(50);
    gateway.child.kill(signal); // as where npm passes on what the terminal has sent already
    expect(await (await inFlight).text()).toBe('whole');
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
  });

  it('ends promptly at a second signal', async () => {
    const upstream = await anUpstream(() => undefined);
    const gateway = run(['--config', aFile(JSON.stringify(aConfiguration({ apis: { orders: anApi(upstream.url) } })))]);
    const url = urlIn(await gateway.ready);
    fetch(`${url}/orders/health`).catch(() => undefined);
    await after(100);
    gateway.child.kill('SIGTERM');
    await after(700);
    expect(gateway.child.exitCode).toBeNull();
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toEqual({ code: 1, signal: null });
  });

  it('keeps secrets out of its log', async () => {
    const gateway = run(['--config', aFile(JSON.stringify(aConfiguration({ redis: 'redis://:s3cret@127.0.0.1:1' })))]);
    await gateway.ready;
    await after(200);
    for (const secret of ['s3cret', 'john-password', '"secret"']) expect(gateway.log()).not.toContain(secret);
  });
});
