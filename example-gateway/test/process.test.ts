import { execFileSync, spawnSync } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { freePort } from '../../test/support/http/free-port';
import { randomPrefix, redisAddress } from '../../test/support/redis/redis';
import { after, until } from '../../test/support/time/waiting';
import { aConfiguration, aFile, anApi } from './support/gateway';
import { buildGateway, ROOT, runProcess as run, START, startProcess as start, urlIn } from './support/gateway-process';
import { anUpstream, unusedAddress } from './support/upstream';

const COMMAND = join(ROOT, 'dist', 'cli', 'main.js');

const lineOfReady = (child: ReturnType<typeof start>): Promise<string> =>
  new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (/^example gateway ready on .*\n/m.test(output)) resolve(output);
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code}`)));
  });

/** A script that fills the log: once the gateway listens for SIGUSR2, which it logs, it emits it 20,000 times. */
const chattyFile = (): string =>
  aFile(
    `const timer = setInterval(() => {
      if (process.listenerCount('SIGUSR2') === 0) return;
      clearInterval(timer);
      for (let index = 0; index < 20000; index += 1) process.emit('SIGUSR2', 'SIGUSR2');
    }, 50).unref();`,
    'chatty.cjs',
  );

/** A request that has reached its upstream, which answers when the test allows it. */
const aHeldRequest = async () => {
  const held: ServerResponse[] = [];
  const upstream = await anUpstream((_request, response) => held.push(response));
  const gateway = run(['--config', aFile(JSON.stringify(aConfiguration({ apis: { orders: anApi(upstream.url) } })))]);
  const answered = fetch(`${urlIn(await gateway.ready)}/orders/health`);
  answered.catch(() => undefined);
  await until(() => held.length > 0);
  return { gateway, answered, answer: () => held.forEach((response) => response.end('whole')) };
};

describe('the gateway process', () => {
  beforeAll(() => {
    buildGateway();
  }, 60_000);

  it('prints only the ready line when a file is given', async () => {
    const gateway = run(['--config', aFile(JSON.stringify(aConfiguration()))]);
    const url = urlIn(await gateway.ready);
    expect((await fetch(`${url}/orders/health`)).status).toBe(200);
    expect(gateway.output()).toMatch(/^example gateway ready on http:\/\/127\.0\.0\.1:\d+\n$/);
    expect(gateway.log()).toContain('memory');
  });

  it('prints requests that work as printed when it runs with the default file', async () => {
    const gateway = run(['--port', '0']);
    await until(() => /^# The portal.*\n/m.test(gateway.output()));
    const [readyLine, ...lines] = gateway.output().split('\n');
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

    const portal = lines.find((line) => line.startsWith('# The portal')) ?? '';
    const [, user, password, address = ''] = /Sign in as (.*) with (.*): (http\S+)$/.exec(portal) ?? [];
    expect({ user, password, address }).toEqual({
      user: 'john@gmail.com@johnsorg',
      password: 'johns-password',
      address: `${urlIn(readyLine ?? '')}/store`,
    });
    expect((await fetch(address)).status).toBe(200);
  });

  it('prints addresses for a browser that work as printed when it runs with the default file', async () => {
    const gateway = run(['--port', '0']);
    await until(() => /^# The portal.*\n/m.test(gateway.output()));
    const [authorize = ''] = /http\S+\/authorize\?\S+/.exec(gateway.output()) ?? [];
    const signIn = await fetch(authorize);
    expect([signIn.status, await signIn.text()]).toEqual([200, expect.stringContaining('User name')]);
    const [, app = ''] = /^# A single-page application .*: (http\S+)$/m.exec(gateway.output()) ?? [];
    expect(await (await fetch(app)).text()).toContain(`const ISSUER = '${urlIn(gateway.output())}'`);
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
  });

  it('prefers the flag to the variable, and the variable to the file', async () => {
    const file = aFile(JSON.stringify(aConfiguration({ listen: { port: 1 } })));
    expect(urlIn(await run(['--config', file], { PORT: '0' }).ready)).toMatch(/:\d{4,5}$/);
    expect(urlIn(await run(['--config', file, '--port', '0'], { PORT: '1' }).ready)).toMatch(/:\d{4,5}$/);
  });

  it('prints the faults of a faulty file and exits with 1', async () => {
    const file = aFile('listen: { port: x }\nportal: store\n');
    const gateway = run(['--config', file]);
    expect(await gateway.ended).toEqual({ code: 1, signal: null });
    expect(gateway.output()).toBe('');
    expect(gateway.log().trim().split('\n')).toEqual([
      `${file}:1:11: listen.port: must be a port from 0 to 65535; 0 means any free port`,
      `${file}:2:1: portal: must be a path such as /store, without a slash at its end`,
      'See docs/errors.md#gateway-file',
    ]);
  });

  it('prints with --check that a file is valid, and exits with 0 even if its port is in use', async () => {
    const running = run(['--config', aFile(JSON.stringify(aConfiguration()))]);
    const port = Number(new URL(urlIn(await running.ready)).port);
    const file = aFile(JSON.stringify(aConfiguration({ listen: { port } })));
    const gateway = run(['--check', '--config', file]);
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect([gateway.output(), gateway.log()]).toEqual([`${file} is valid\n`, '']);
  });

  it('prints with --check the faults of a file, as the command scopegate does, and exits with 1', async () => {
    const file = aFile('listen: { port: x }\nportal: store\n');
    const gateway = run(['--check', '--config', file]);
    expect(await gateway.ended).toEqual({ code: 1, signal: null });
    const { status, stdout } = spawnSync(process.execPath, [COMMAND, 'check', file], { cwd: ROOT, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(gateway.output()).toBe(stdout);
    expect(gateway.output()).toContain(`${file}:1:11: listen.port: must be a port`);
    expect(gateway.log()).toBe('');
  });

  it('prints a sentence about a faulty flag and exits with 1', async () => {
    const gateway = run(['--prot', '1']);
    expect(await gateway.ended).toEqual({ code: 1, signal: null });
    expect(gateway.log()).toMatch(/^Unknown option '--prot'\nusage: /);
  });

  it.each([
    ['--help', /^usage: npm start -- /],
    ['--version', /^example-gateway \d+\.\d+\.\d+\n$/],
  ])('answers %s on standard output and exits with 0', async (flag, expected) => {
    const gateway = run([flag]);
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    expect(gateway.output()).toMatch(expected);
    expect(gateway.log()).toBe('');
  });

  it('logs on SIGUSR2 that it is ignored, and keeps running', async () => {
    const gateway = run(['--config', aFile(JSON.stringify(aConfiguration()))]);
    const url = urlIn(await gateway.ready);
    gateway.child.kill('SIGUSR2');
    await until(() => gateway.log().includes('SIGUSR2'));
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
  });

  it('reloads its file on SIGHUP, also if npm start has built it', async () => {
    const keys = { redis: redisAddress(), prefix: randomPrefix() };
    const file = aFile(JSON.stringify(aConfiguration(keys)), 'reloaded.yaml');
    const gateway = run(['--config', file], {}, START);
    const url = urlIn(await gateway.ready);
    aFile(JSON.stringify(aConfiguration({ ...keys, realm: 'reloaded' })), 'reloaded.yaml');
    gateway.child.kill('SIGHUP');
    await until(() => /"added":\["realm"\],"msg":"Reloaded"/.test(gateway.log()));
    expect((await fetch(`${url}/orders`)).headers.get('www-authenticate')).toContain('realm="reloaded"');
    aFile('listen: [', 'reloaded.yaml');
    gateway.child.kill('SIGHUP');
    await until(() => gateway.log().includes('"Not reloaded: '));
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
  }, 60_000);

  it('answers requests while its log is not read, and ends in time', async () => {
    const apis = { orders: anApi(await unusedAddress()) };
    const file = aFile(JSON.stringify(aConfiguration({ apis })));
    const child = start(['--config', file], { NODE_OPTIONS: `--require ${chattyFile()}` });
    child.stderr.pause();
    const url = urlIn(await lineOfReady(child));
    const failing = Array.from({ length: 20 }, async () => {
      for (let index = 0; index < 100; index += 1) {
        const answer = await fetch(`${url}/orders/health`);
        expect(answer.status).toBe(502);
        await answer.arrayBuffer();
      }
    });
    let isOver = false;
    const watch = async (): Promise<number> => {
      let slowest = 0;
      while (!isOver) {
        const began = performance.now();
        expect((await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(5_000) })).status).toBe(200);
        slowest = Math.max(slowest, performance.now() - began);
      }
      return slowest;
    };
    const watching = watch();
    await Promise.all(failing);
    isOver = true;
    expect(await watching).toBeLessThan(5_000);
    const exited = new Promise<number | null>((resolve) => {
      child.once('exit', resolve);
    });
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  }, 120_000);

  it('logs what was dropped once its log is read again', async () => {
    const file = aFile(JSON.stringify(aConfiguration()));
    const child = start(['--config', file], { NODE_OPTIONS: `--require ${chattyFile()}` });
    child.stderr.pause();
    const url = urlIn(await lineOfReady(child));
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
    child.stderr.resume();
    await until(() => /"lines":\d+,"msg":"Log lines were dropped/.test(log));
  });

  it.each(['stdout', 'stderr'] as const)('keeps running when the reader of %s has disconnected', async (name) => {
    const file = aFile(JSON.stringify(aConfiguration()));
    const port = await freePort();
    const child = start(['--config', file, '--port', String(port)]);
    child[name].destroy();
    const url = `http://127.0.0.1:${port}`;
    await until(async () => (await fetch(`${url}/health/ready`).catch(() => undefined))?.status === 200);
    await fetch(`${url}/orders/health`, { headers: { 'X-Forwarded-For': '203.0.113.9' } }); // logs a warning
    await fetch(`${url}/orders/health`);
    child.kill('SIGHUP');
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(child.exitCode).toBeNull();
  });

  it('reports a faulty file and exits even if its standard error is not read', async () => {
    const users = Array.from({ length: 20_000 }, () => '  - {}');
    const child = start(['--config', aFile(`users:\n${users.join('\n')}\n`)]);
    child.stderr.pause();
    const code = await new Promise<number | null>((resolve) => {
      child.once('exit', resolve);
    });
    expect(code).toBe(1);
  }, 60_000);

  it.each(['SIGTERM', 'SIGINT'] as const)('finishes the requests in flight and exits with 0 on %s', async (signal) => {
    const { gateway, answered, answer } = await aHeldRequest();
    gateway.child.kill(signal);
    await after(50);
    gateway.child.kill(signal); // as where npm passes on what the terminal has sent already
    await after(50);
    answer();
    expect(await (await answered).text()).toBe('whole');
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
  });

  it('exits promptly on a second signal', async () => {
    const { gateway } = await aHeldRequest();
    gateway.child.kill('SIGTERM');
    await after(700);
    expect(gateway.child.exitCode).toBeNull();
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toEqual({ code: 1, signal: null });
  });

  it('prints nothing but JSON to its log, also with metrics and an access log', async () => {
    const keys = { metrics: { port: 0 }, log: { access: true } };
    const gateway = run(['--config', aFile(JSON.stringify(aConfiguration(keys)))]);
    const url = urlIn(await gateway.ready);
    expect((await fetch(`${url}/orders/health`)).status).toBe(200);
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toEqual({ code: 0, signal: null });
    const lines = gateway.log().trim().split('\n');
    expect(lines.filter((line) => !line.startsWith('{'))).toEqual([]);
  });

  it('keeps secrets out of its log', async () => {
    const gateway = run(['--config', aFile(JSON.stringify(aConfiguration({ redis: 'redis://:s3cret@127.0.0.1:1' })))]);
    await gateway.ready;
    await after(200);
    for (const secret of ['s3cret', 'john-password', '"secret"']) expect(gateway.log()).not.toContain(secret);
  });
});
