import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { NEEDED_COMMANDS, OPTIONAL_COMMANDS } from '../../src/cli/doctor/access-findings';
import { findOnClock, findOnLatency } from '../../src/cli/doctor/timing-findings';
import { BUILD_DEADLINE_MS, buildCommand, fileWith, runCommand, runJson } from '../support/cli/command';
import { aGate, JOHN } from '../support/gate/gate';
import { aRedis } from '../support/redis/clients';
import { ownRedis, testRedis } from '../support/redis/redis';
import { until } from '../support/time/waiting';
import { passwordForm, refreshForm } from '../support/tokens/forms';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

interface Found {
  readonly check: string;
  readonly level: string;
  readonly message: string;
  readonly cure?: string;
}

/** A server that is set up as recommended. */
const aSoundRedis = async () => {
  const server = await ownRedis({ over: 'port' });
  const client = await server.client();
  await client.config('SET', 'maxmemory-policy', 'noeviction');
  await client.config('SET', 'appendonly', 'yes');
  await client.config('SET', 'maxmemory', '1gb');
  return { client, url: server.url, args: ['doctor', '--redis', server.url] };
};

const findingsOf = async (args: readonly string[], code: number): Promise<readonly Found[]> =>
  ((await runJson(args, {}, code)) as { readonly findings: readonly Found[] }).findings;

const problemsOf = async (args: readonly string[]): Promise<readonly Found[]> =>
  (await findingsOf(args, 1)).filter(({ level }) => level === 'problem');

describe('scopegate doctor', () => {
  it('finds nothing wrong with a Redis that is set up as recommended, and leaves no key', async () => {
    const { client, args } = await aSoundRedis();
    const findings = await findingsOf(args, 0);
    expect(findings.map(({ check, level }) => [check, level])).toEqual([
      ['version', 'ok'],
      ['role', 'ok'],
      ['eviction', 'ok'],
      ['memory', 'ok'],
      ['persistence', 'ok'],
      ['access', 'ok'],
      ['clock', 'ok'],
      ['latency', 'ok'],
    ]);
    expect(await client.dbsize()).toBe(0);
    const { code, stdout } = await runCommand(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {7}eviction: maxmemory-policy is noeviction$/m);
  });

  it('finds an evicting policy and the lack of persistence, with the cures', async () => {
    const { client, args } = await aSoundRedis();
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await client.config('SET', 'maxmemory', '100mb');
    await client.config('SET', 'appendonly', 'no');
    await client.config('SET', 'save', '');
    expect(await problemsOf(args)).toEqual([
      {
        check: 'eviction',
        level: 'problem',
        message: 'maxmemory-policy is allkeys-lru, so Redis may evict live keys',
        cure: expect.stringContaining('maxmemory-policy noeviction') as string,
      },
      {
        check: 'persistence',
        level: 'problem',
        message: expect.stringContaining('keeps nothing on disk') as string,
        cure: expect.stringContaining('appendonly yes') as string,
      },
    ]);
    const { code, stdout } = await runCommand(args);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^PROBLEM {2}eviction: .*\n {9}Cure: CONFIG SET maxmemory-policy noeviction/m);
  });

  it('warns of snapshots without an append-only file, and exits with 0', async () => {
    const { client, args } = await aSoundRedis();
    await client.config('SET', 'appendonly', 'no');
    await client.config('SET', 'save', '3600 1');
    const findings = await findingsOf(args, 0);
    expect(findings).toContainEqual({
      check: 'persistence',
      level: 'warning',
      message: expect.stringContaining('snapshots only') as string,
      cure: expect.any(String) as string,
    });
  });

  it('warns of a missing maxmemory, and of an append-only file that is synced only by the operating system', async () => {
    const { client, args } = await aSoundRedis();
    await client.config('SET', 'appendfsync', 'no');
    await client.config('SET', 'maxmemory', '0');
    const warnings = (await findingsOf(args, 0)).filter(({ level }) => level === 'warning');
    expect(warnings).toEqual([
      {
        check: 'memory',
        level: 'warning',
        message: expect.stringContaining('maxmemory is not set') as string,
        cure: expect.stringContaining('CONFIG SET maxmemory') as string,
      },
      {
        check: 'persistence',
        level: 'warning',
        message: expect.stringContaining('appendfsync is no') as string,
        cure: expect.stringContaining('CONFIG SET appendfsync everysec') as string,
      },
    ]);
  });

  it('finds a replica, and a Redis that is full', async () => {
    const { client, args } = await aSoundRedis();
    await client.config('SET', 'maxmemory', '1');
    expect(await problemsOf(args)).toMatchObject([{ check: 'writes', message: 'Redis refuses writes (OOM)' }]);
    await client.config('SET', 'maxmemory', '0');
    const primary = await ownRedis({ over: 'port' });
    await client.replicaof('127.0.0.1', new URL(primary.url).port);
    await until(async () => (await client.info('replication')).includes('master_link_status:up'));
    expect(await problemsOf(args)).toMatchObject([
      { check: 'role' },
      { check: 'writes', message: 'Redis refuses writes (READONLY)' },
    ]);
  });

  const aUser = async (client: Redis, ...rules: readonly string[]): Promise<readonly string[]> => {
    await client.call('ACL', 'SETUSER', 'gate', 'reset', 'on', '>gates-password', ...rules);
    return ['--redis-user', 'gate', '--redis-password-file', fileWith('gates-password\n')];
  };

  it('accepts a Redis user that has only what a gate needs, and a gate works with that user', async () => {
    const { client, args, url } = await aSoundRedis();
    const commands = [...NEEDED_COMMANDS, ...OPTIONAL_COMMANDS].map((name) => `+${name}`);
    const user = await aUser(client, '-@all', ...commands, '~sg:*', 'resetchannels', '&sg:changes');
    const findings = await findingsOf([...args, ...user], 0);
    expect(findings).toContainEqual(expect.objectContaining({ check: 'access', level: 'ok' }));

    const tested = aGate({ redis: aRedis({ username: 'gate', password: 'gates-password' }, url) });
    await tested.gate.ready();
    const { refresh_token } = await tested.signIn();
    expect((await tested.token(passwordForm([JOHN[0], 'wrong-password']))).status).toBe(400);
    const refreshed = await tested.token(refreshForm(refresh_token));
    expect(refreshed.status).toBe(200);
    const { applications, users } = tested.gate.directory;
    const { id } = await applications.create({ name: 'App', owner: JOHN[0] });
    const { clientId } = await applications.generateKeys(id, { environment: 'production' });
    await users.unlock(JOHN[0]);
    await users.disable(JOHN[0]);
    expect((await tested.get('/me', String(refreshed.body.access_token))).status).toBe(401);
    await tested.gate.tokens.revoke({ clientId });
    await applications.remove(id);
  });

  it('names the commands, keys and channel that a Redis user lacks, and the rules that permit them', async () => {
    const { client, args } = await aSoundRedis();
    const withoutCommands = await aUser(client, '+@all', '-hscan', '-publish', '~sg:*', '&*');
    expect(await problemsOf([...args, ...withoutCommands])).toEqual([
      {
        check: 'access',
        level: 'problem',
        message: 'The Redis user may not use the commands hscan, publish',
        cure: 'ACL SETUSER <user> +hscan +publish',
      },
    ]);
    const withoutKeys = await aUser(client, '+@all', '~other:*', 'resetchannels');
    expect(await problemsOf([...args, ...withoutKeys])).toMatchObject([
      { message: 'The Redis user may not use the keys sg:*, nor the channel sg:changes' },
    ]);
    expect(await client.dbsize()).toBe(0);
  });

  it('checks every command that the stores send, and that their scripts run', () => {
    const folder = join(__dirname, '../../src/stores/redis');
    const known = [...NEEDED_COMMANDS, ...OPTIONAL_COMMANDS];
    const source = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    const sent = [...source.matchAll(/\b(?:command|p?call)\('([a-z]+)'/gi)].map(([, name = '']) => name.toLowerCase());
    expect(sent.length).toBeGreaterThan(50);
    expect([...new Set(sent)].filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('the clock and the round trip', () => {
  it.each([
    [-60_000, 'The clock of this machine is 60.0 s behind that of Redis'],
    [3_600_000, 'The clock of this machine is 3600.0 s ahead of that of Redis'],
  ])('is a problem if the clock of this machine is off by %i ms', async (offset, message) => {
    const redis = await testRedis();
    const [seconds, micros] = (await redis.time()).map(Number);
    const now = (seconds ?? 0) * 1_000 + Math.floor((micros ?? 0) / 1_000);
    const frozen = { status: 'ready', call: async () => [String(seconds), String(micros)] };
    const found = await findOnClock(frozen as never, () => now + offset);
    expect(found).toMatchObject([{ level: 'problem', message: expect.stringContaining(message) as string }]);
    expect(await findOnClock(frozen as never, () => now + 500)).toMatchObject([{ level: 'ok' }]);
  });

  it('is a problem if a round trip takes more than half of the deadline', async () => {
    const slow = { call: () => new Promise((resolve) => setTimeout(resolve, 10)) };
    expect(await findOnLatency(slow as never, 15)).toMatchObject([{ check: 'latency', level: 'problem' }]);
    expect(await findOnLatency({ call: async () => 'PONG' } as never, 250)).toMatchObject([{ level: 'ok' }]);
  });
});
