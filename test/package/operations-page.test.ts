import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILD_DEADLINE_MS, buildCommand, runCommand } from '../support/cli/command';
import { APPLICATION, JOHN, aGate, type TestGate } from '../support/gate/gate';
import { freePort } from '../support/http/free-port';
import { aRedis } from '../support/redis/clients';
import { ownRedis } from '../support/redis/redis';
import { aServerFolder, serverArguments, startProcess } from '../support/redis/server-process';
import { until } from '../support/time/waiting';
import { clientForm, passwordForm, refreshForm } from '../support/tokens/forms';
import { commandsOf } from './code-blocks/first-example';
import { codeBlocks, isShownAs, readPage, root, type CodeBlock } from './code-blocks/markdown';

jest.setTimeout(120_000); // programs are started, which takes long on a busy machine

beforeAll(buildCommand, BUILD_DEADLINE_MS);

const PAGE = 'docs/operations.md';
const MAIN = join(root, 'dist/cli/main.js');
const blocks = codeBlocks(PAGE);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-operations-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command of the page in Bash. `define` defines its function `scopegate`. */
const runShell = async (define: string, command: string) => {
  const child = spawn('bash', ['-c', `${define}\n${command}`], { cwd: folder });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return {
    code,
    lines: `${stdout}${stderr}`
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== ''),
  };
};

const commandOn = (url: string): string => `scopegate() { '${process.execPath}' '${MAIN}' "$@" --redis '${url}'; }`;

/** A gate on a Redis that is set up as the page says. */
const aSoundGate = async () => {
  const server = await ownRedis({ over: 'port' });
  const client = await server.client();
  await client.config('SET', 'maxmemory-policy', 'noeviction');
  await client.config('SET', 'maxmemory', '100mb');
  await client.config('SET', 'appendonly', 'yes');
  const tested = aGate({ redis: client });
  await tested.gate.ready();
  return { tested, url: server.url };
};

const consoles = blocks.filter(({ language }) => language === 'console');

test('the page for the night has the commands for each case', () => {
  expect(consoles.length).toBeGreaterThan(7);
  const page = readPage(PAGE);
  for (const title of ['A token leaked', 'A client runs wild', 'Redis is away', 'Someone left the company']) {
    expect(page).toContain(`\n## ${title}\n`);
  }
});

/** Makes true what the reader of the command has: a live token in a file, and nothing disabled. */
const prepare = async ({ gate, signIn }: TestGate, isEnabled: boolean): Promise<void> => {
  if (!isEnabled) return;
  await gate.directory.users.enable(JOHN[0]);
  for await (const { id } of gate.directory.applications.list()) await gate.directory.applications.enable(id);
  const enabled = async (): Promise<boolean> => {
    const tokens = await signIn().catch(() => undefined); // the gate is notified a moment later
    if (tokens !== undefined) writeFileSync(join(folder, 'token.txt'), `${tokens.access_token}\n`);
    return tokens !== undefined;
  };
  await until(enabled);
};

test.each(consoles.map((block) => [`${PAGE}:${block.line}`, block] as const))(
  '%s prints what the page shows',
  async (_title, { code }: CodeBlock) => {
    const { tested, url } = await aSoundGate();
    const isAway = code.includes('Redis is away');
    const define = commandOn(isAway ? `redis://127.0.0.1:${await freePort()}` : url);
    for (const { text, shown } of commandsOf(code)) {
      await prepare(tested, !text.includes('enable'));
      if (text.includes('enable')) await runShell(define, text.replace('enable', 'disable'));
      const { code: exit, lines } = await runShell(define, text);
      expect({ text, exit }).toEqual({ text, exit: isAway ? 3 : 0 });
      expect({ text, lines: lines.length }).toEqual({ text, lines: shown.length });
      for (const [index, line] of lines.entries()) {
        expect({ line, isShown: isShownAs(line, (shown[index] ?? '').trimEnd()) }).toEqual({ line, isShown: true });
      }
    }
  },
);

const definitions = blocks
  .filter(({ language, code }) => language === 'sh' && code.includes('scopegate()'))
  .flatMap(({ code }) => code.split('\n'))
  .filter((line) => line.startsWith('scopegate()'));

test.each(definitions.filter((line) => /--(?:redis|sentinels|cluster) /.test(line)))(
  'the command accepts the options of %s',
  async (line) => {
    const port = await freePort();
    writeFileSync(join(folder, 'redis-password'), 'a-password\n');
    const define = line
      .replace('npx scopegate', `'${process.execPath}' '${MAIN}'`)
      .replaceAll(/10\.0\.0\.\d:\d+/g, `127.0.0.1:${port}`);
    expect(await runShell(define, 'scopegate users list')).toMatchObject({ code: 3 }); // away, and not wrong use
  },
);

test('applications of a disabled user keep working for themselves, as the page says', async () => {
  const { tested, url } = await aSoundGate();
  await runShell(commandOn(url), `scopegate users disable ${JOHN[0]}`);
  expect((await tested.token(clientForm())).status).toBe(200);
});

test('a restored snapshot revives a revoked token, and the command of the page ends it', async () => {
  const serverFolder = await aServerFolder('restored');
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const start = () =>
    startProcess(serverArguments({ port, bind: '127.0.0.1', dir: serverFolder, save: '', appendonly: 'no' }));
  const connect = async () => {
    const client = aRedis({}, url);
    await until(async () => (await client.ping().catch(() => '')) === 'PONG');
    return client;
  };
  const first = await start();
  const client = await connect();
  const before = aGate({ redis: client });
  await before.gate.ready();
  const { access_token } = await before.signIn();
  await client.save();
  await before.gate.tokens.revoke({ token: access_token });
  expect((await before.get('/me', access_token)).status).toBe(401);
  await before.close();
  first.kill('SIGKILL'); // the revocation is only in memory
  await until(() => first.exitCode !== null || first.signalCode !== null);

  await start();
  const after = aGate({ redis: await connect() });
  await after.gate.ready();
  expect((await after.get('/me', access_token)).status).toBe(200);
  const { code } = await runShell(commandOn(url), `scopegate tokens revoke --client ${APPLICATION[0]}`);
  expect(code).toBe(0);
  await until(async () => (await after.get('/me', access_token)).status === 401);
});

describe('the access list of the page', () => {
  const line = blocks.find(({ code }) => code.startsWith('user scopegate '))?.code ?? '';

  /** Starts a server with the list in its file, and nothing else for other users. */
  const aRedisWithList = async () => {
    const serverFolder = await aServerFolder('acl');
    const file = join(serverFolder, 'users.acl');
    writeFileSync(file, `user default off\n${line.replace('PASSWORD', 'gates-password')}\n`);
    const port = await freePort();
    const options = {
      port,
      bind: '127.0.0.1',
      dir: serverFolder,
      aclfile: file,
      save: '',
      appendonly: 'yes',
      maxmemory: '100mb',
    };
    await startProcess(serverArguments(options));
    const address = `redis://127.0.0.1:${port}`;
    const client = aRedis({ username: 'scopegate', password: 'gates-password' }, address);
    await until(async () => (await client.ping().catch(() => '')) === 'PONG');
    return { client, address };
  };

  it('is enough for the whole life of a gate, and for every check of the doctor', async () => {
    const { client, address } = await aRedisWithList();
    const tested = aGate({ redis: client });
    await tested.gate.ready();
    const { refresh_token } = await tested.signIn();
    expect((await tested.token(passwordForm([JOHN[0], 'wrong-password']))).status).toBe(400);
    const { body, status } = await tested.token(refreshForm(refresh_token));
    expect(status).toBe(200);
    expect((await tested.token(clientForm())).status).toBe(200);
    const { applications, users } = tested.gate.directory;
    const { id } = await applications.create({ name: 'App', owner: JOHN[0] });
    const { clientId } = await applications.generateKeys(id, { environment: 'production' });
    for await (const grant of tested.gate.tokens.find({ user: JOHN[0] })) expect(grant.clientId).toBe(APPLICATION[0]);
    await tested.gate.tokens.revoke({ clientId });
    await users.unlock(JOHN[0]);
    await users.disable(JOHN[0]);
    expect((await tested.get('/me', String(body.access_token))).status).toBe(401);
    await tested.gate.sessions.end({ user: JOHN[0] });
    await applications.remove(id);
    expect((await tested.get('/health/ready', 'none')).status).toBe(200);

    writeFileSync(join(folder, 'password'), 'gates-password\n');
    const user = ['--redis-user', 'scopegate', '--redis-password-file', join(folder, 'password')];
    const { code, stdout } = await runCommand(['doctor', '--redis', address, ...user]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.not.stringMatching(/^(?!ok |$)/m) });
  });

  it('permits no key and no channel of others', async () => {
    const { client } = await aRedisWithList();
    await expect(client.get('other:key')).rejects.toThrow('NOPERM');
    await expect(client.publish('other', '')).rejects.toThrow('NOPERM');
    await expect(client.flushall()).rejects.toThrow('NOPERM');
  });
});
