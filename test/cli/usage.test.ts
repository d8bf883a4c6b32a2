import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../src/cli/commands';
import { BUILD_DEADLINE_MS, buildCommand, fileWith, runCommand } from '../support/cli/command';
import { freePort } from '../support/http/free-port';
import { aCommandedGate } from '../support/cli/commanded-gate';
import { JOHN } from '../support/gate/gate';
import { ownRedis, redisAddress } from '../support/redis/redis';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

const STORE = ['--redis', 'redis://127.0.0.1:1'];

describe('scopegate --help', () => {
  it('lists every command, and the exit codes', async () => {
    const { code, stdout, stderr } = await runCommand(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { words } of COMMANDS) expect(stdout).toContain(`  ${words.join(' ')}`);
    expect(stdout).toContain('3 the store is away');
  });

  it.each(COMMANDS.map(({ words, flags }) => [words.join(' '), words, Object.keys(flags)] as const))(
    'describes the options of %s',
    async (name, words, flags) => {
      const { code, stdout } = await runCommand([...words, '-h']);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^usage: scopegate ${name}`));
      for (const flag of [...flags, 'json']) expect(stdout).toContain(`  --${flag}`);
    },
  );

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { version: string };
    expect(await runCommand(['--version'])).toEqual({ code: 0, stdout: `scopegate ${version}\n`, stderr: '' });
  });
});

describe('a command that is used wrongly', () => {
  it.each<readonly [what: string, args: readonly string[], message: RegExp]>([
    ['no command', [], /^A command is missing/],
    ['an unknown command', ['tokens', 'delete'], /^Unknown command/],
    ['a misspelt command', ['token', 'revok', ...STORE], /^Unknown command\. Did you mean tokens revoke\?/],
    ['a misspelt command of one word', ['doctro'], /^Unknown command\. Did you mean doctor\?/],
    ['no action', ['sessions'], /^The action is missing: end\n/],
    ['a misspelt option', ['users', 'list', '--redsi', 'x'], /^Unknown option '--redsi'\. Did you mean --redis\?/],
    ['TLS for an address without it', ['users', 'list', ...STORE, '--tls'], /with rediss:\/\//],
    [
      'a certificate without its key',
      ['users', 'list', '--cluster', 'h:1', '--cert', '/none'],
      /--cert cannot be read/,
    ],
    ['a device without an end', ['tokens', 'revoke', '--token-file', '/dev/zero', ...STORE], /more than 65536 bytes/],
    ['an unknown option', ['tokens', 'list', '--usr', 'ana', ...STORE], /^Unknown option '--usr'/],
    ['an option of another command', ['users', 'list', '--token-file', '-', ...STORE], /not an option of users list/],
    ['an option without its value', ['tokens', 'list', '--user'], /^Option '--user/],
    ['an empty value', ['tokens', 'list', '--user', '', ...STORE], /^--user is empty/],
    ['no owner', ['tokens', 'revoke', ...STORE], /^Give exactly one of --user, --client, --token-file/],
    ['two owners', ['tokens', 'list', '--user', 'a', '--client', 'b', ...STORE], /^Give exactly one of/],
    ['no argument', ['applications', 'disable', ...STORE], /^KEY is missing/],
    ['two arguments', ['users', 'disable', 'a', 'b', ...STORE], /^The command takes one argument, NAME/],
    ['no store', ['users', 'list'], /^Give the address of Redis/],
    ['two stores', ['users', 'list', ...STORE, '--cluster', 'h:1'], /^Give one of/],
    ['an address of another kind', ['users', 'list', '--redis', 'http://:s3cret@h'], /^--redis must be redis:/],
    ['Sentinels without a name', ['users', 'list', '--sentinels', 'h:1'], /^--sentinel-name is missing/],
    ['a node without a port', ['users', 'list', '--cluster', 'h'], /^--cluster must be host:port/],
    ['a prefix that is not allowed', ['users', 'list', ...STORE, '--prefix', 'a b'], /prefix: must be 1 to 64/],
    ['a missing file', ['tokens', 'revoke', '--token-file', '/none', ...STORE], /cannot be read \(ENOENT\)/],
    ['an empty secret', ['users', 'set-password', 'ana', ...STORE], /^The secret is empty/],
  ])('exits with 2 and says what is wrong: %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await runCommand(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toContain('See scopegate --help');
    expect(stderr).not.toContain('s3cret');
  });

  it('does not print a token or a password that is given as an argument', async () => {
    for (const args of [
      ['tokens', 'revoke', 's3cret', ...STORE],
      ['tokens', 'revoke', '--token', 's3cret', ...STORE],
      ['users', 'set-password', 'ana', '--password=s3cret', ...STORE],
      ['users', 'set-password', 'ana', 's3cret', ...STORE],
      ['s3cret'],
    ]) {
      const { code, stdout, stderr } = await runCommand([...args, '--json']);
      expect(code).toBe(2);
      expect(stdout + stderr).not.toContain('s3cret');
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'wrong_use' } });
    }
  });
});

describe('a store that is away', () => {
  it.each([
    ['tokens revoke', ['tokens', 'revoke', '--user', JOHN[0]]],
    ['tokens list', ['tokens', 'list', '--user', JOHN[0]]],
    ['users disable', ['users', 'disable', JOHN[0]]],
    ['applications list', ['applications', 'list']],
    ['doctor', ['doctor']],
  ])('makes %s exit with 3', async (_name, args) => {
    const port = await freePort();
    const { code, stdout, stderr } = await runCommand([
      ...args,
      '--redis',
      `redis://:s3cret@127.0.0.1:${port}`,
      '--json',
    ]);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'store_unavailable' } });
    expect(stderr).toMatch(/^Redis is away, or refuses a command \(ECONNREFUSED\)/);
    expect(stdout + stderr).not.toContain('s3cret');
  });

  it('makes a command exit with 3 and name the cure if the password is wrong or missing', async () => {
    const server = await ownRedis({ over: 'port' });
    const client = await server.client();
    await client.config('SET', 'requirepass', 'right-password');
    const file = fileWith('wrong-password\n');
    for (const args of [['users', 'list'], ['doctor']]) {
      const wrong = await runCommand([...args, '--redis', server.url, '--redis-password-file', file]);
      expect(wrong.code).toBe(3);
      expect(wrong.stderr).toMatch(/\(WRONGPASS\)\. Check --redis-user and --redis-password-file/);
      expect(wrong.stderr).not.toContain('wrong-password');
    }
    const none = await runCommand(['users', 'list', '--redis', server.url]);
    expect(none).toMatchObject({ code: 3, stderr: expect.stringContaining('(NOAUTH). Redis requires a password') });
    const right = fileWith('right-password\n');
    expect(await runCommand(['users', 'list', '--redis', server.url, '--redis-password-file', right])).toMatchObject({
      code: 0,
      stderr: '',
    });
  });

  it('makes a command exit with 3 if Redis does not reply', async () => {
    const server = await ownRedis({ over: 'port' });
    server.pause();
    expect((await runCommand(['users', 'list', '--redis', server.url])).code).toBe(3);
    server.resume();
  });
});

describe('a package that is not installed', () => {
  const without = (name: string): Readonly<Record<string, string>> => {
    const hook = `export const resolve = async (specifier, context, next) => {
      if (specifier !== '${name}') return next(specifier, context);
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    };`;
    const url = `data:text/javascript,${encodeURIComponent(hook)}`;
    const preload = `import { register } from 'node:module'; register(${JSON.stringify(url)});`;
    return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}` };
  };

  it('is named, with the command that installs it', async () => {
    const ended = await runCommand(['users', 'list', ...STORE], { environment: without('ioredis') });
    expect(ended).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The package ioredis is not installed: npm install ioredis\n',
    });
  });
});

describe('the variable REDIS_URL', () => {
  it('is the address of Redis if no option gives one', async () => {
    const { store } = await aCommandedGate();
    const [, , ...prefix] = store;
    const ended = await runCommand(['users', 'list', ...prefix], { environment: { REDIS_URL: redisAddress() } });
    expect(ended.stdout).toContain(JOHN[0]);
  });
});
