import type { Redis } from 'ioredis';
import {
  aConfiguration,
  aFile,
  aGateway,
  anApi,
  anApplication,
  JANE,
  signInForm,
} from '../../example-gateway/test/support/gateway';
import { BUILD_DEADLINE_MS, buildCommand, fileWith, runCommand, runJson } from '../support/cli/command';
import { expectEventually } from '../support/cli/commanded-gate';
import { ownCluster } from '../support/redis/cluster';
import { freePort } from '../support/http/free-port';
import { randomPrefix, redisAddress, testRedis } from '../support/redis/redis';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

/** Returns what the running gates declare. */
const registeredIn = (redis: Redis, prefix: string): Promise<Record<string, string>> =>
  redis.hgetall(`${prefix}{directory}:declarations`);

/** A gateway's file on the Redis of this run, and the running gateway. */
const started = async () => {
  const prefix = randomPrefix();
  const file = aFile(JSON.stringify(aConfiguration({ redis: redisAddress(), prefix })));
  return { file, prefix, gateway: await aGateway({ file }) };
};

describe('--config', () => {
  it('takes the address, the prefix and the names of declared records from the file', async () => {
    const { file, gateway } = await started();
    const token = await gateway.token();
    const listed = await runJson(['applications', 'list', '--config', file]);
    expect(listed).toMatchObject([{ id: 'key', name: 'Orders app', declared: true }]);
    await runJson(['applications', 'disable', 'key', '--config', file]);
    const status = async () => (await gateway.send(['GET /orders/1 HTTP/1.1'], { token })).status;
    await expectEventually(401, status);
  });

  it('reaches the Cluster that the file names', async () => {
    const cluster = [{ host: '127.0.0.1', port: await ownCluster() }];
    const file = aFile(JSON.stringify(aConfiguration({ redis: { cluster }, prefix: randomPrefix(), deadline: 5_000 })));
    const gateway = await aGateway({ file });
    const token = await gateway.token();
    await runJson(['applications', 'disable', 'key', '--config', file]);
    await expectEventually(401, async () => (await gateway.send(['GET /orders/1 HTTP/1.1'], { token })).status);
  });

  it('registers nothing, even if the file declares other records than the running gateway', async () => {
    const { prefix, gateway } = await started();
    const redis: Redis = await testRedis();
    const before = await registeredIn(redis, prefix);
    const changed = aConfiguration({ redis: redisAddress(), prefix, users: [] });
    await runJson(['users', 'list', '--config', aFile(JSON.stringify(changed))]);
    expect(await registeredIn(redis, prefix)).toEqual(before);
    await gateway.token();
  });

  it('is wrong use if the file names no Redis', async () => {
    const { code, stderr } = await runCommand(['users', 'list', '--config', aFile(JSON.stringify(aConfiguration()))]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('has no redis') as string });
  });
});

describe('scopegate check', () => {
  it('exits with 0 for a valid file, and starts nothing', async () => {
    const file = aFile(JSON.stringify(aConfiguration()));
    expect(await runCommand(['check', file])).toEqual({ code: 0, stdout: `${file} is valid\n`, stderr: '' });
    expect(await runJson(['check', file])).toEqual({ file, valid: true, faults: [] });
  });

  it('exits with 1 for a faulty file, and prints each fault with its line', async () => {
    const file = aFile('listen: { port: x }\nportal: store\n');
    const faults = [
      `${file}:1:11: listen.port: must be a port from 0 to 65535; 0 means any free port`,
      `${file}:2:1: portal: must be a path such as /store, without a slash at its end`,
    ];
    expect(await runJson(['check', file], {}, 1).catch((error: unknown) => error)).toEqual({
      file,
      valid: false,
      faults,
    });
    expect(await runCommand(['check', file])).toMatchObject({ code: 1, stdout: `${faults.join('\n')}\n` });
    expect((await runCommand(['check', '/none'])).code).toBe(1);
  });

  it('reads the variables of the environment', async () => {
    const keys = { redis: '${GATEWAY_REDIS}' };
    const file = aFile(JSON.stringify(aConfiguration(keys)));
    const environment = { GATEWAY_REDIS: redisAddress() };
    expect((await runCommand(['check', file], { environment })).code).toBe(0);
    expect((await runCommand(['check', file])).stdout).toContain('needs the environment variable GATEWAY_REDIS');
  });
});

describe('scopegate explain', () => {
  const explainArgs = (file: string, method: string, path: string): readonly string[] => [
    ...['explain', '--config', file, '--method', method, '--path', path, '--token-file', '-'],
  ];

  it('explains an allowed request with exit code 0, and a refused one with 1', async () => {
    const { file, gateway } = await started();
    const token = await gateway.token('read', JANE);
    const allowed = await runJson(explainArgs(file, 'GET', '/orders/1'), { input: `${token}\n` });
    expect(allowed).toMatchObject({ allowed: true, status: 200, rule: { api: 'orders', path: '/:id' } });
    const refused = await runCommand(explainArgs(file, 'PUT', '/orders/1'), { input: token });
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/refused \(403 insufficient_scope\): update requires the role clerk/);
    expect(JSON.stringify(allowed) + refused.stdout).not.toContain(token);
    expect((await runCommand(explainArgs(file, 'GET', '/nothing'), { input: token })).code).toBe(1);
  });

  it.each([
    ['the issuer in the file', { issuer: 'https://api.example.com/auth', requireTls: false }],
    ['the address to listen on', {}],
  ])('explains that a token for one API is accepted there alone, by %s', async (_name, given) => {
    const prefix = randomPrefix();
    const listen = { host: '127.0.0.1', port: await freePort() };
    const apis = { orders: anApi('demo:orders'), stock: anApi('demo:orders', { context: '/stock' }) };
    const applications = [anApplication({ subscriptions: ['orders', 'stock'] })];
    const keys = { listen, apis, applications, redis: redisAddress(), prefix, ...given };
    const file = aFile(JSON.stringify(aConfiguration(keys)));
    const origin = 'issuer' in given ? 'https://api.example.com' : `http://127.0.0.1:${listen.port}`;
    const gateway = await aGateway({ file });
    const form = { ...signInForm('read', JANE), resource: `${origin}/orders` };
    const { body } = await gateway.post('/token', form);
    const input = String(body['access_token']);
    expect(await runJson(explainArgs(file, 'GET', '/orders/1'), { input })).toMatchObject({ allowed: true });
    const elsewhere = await runCommand(explainArgs(file, 'GET', '/stock/1'), { input });
    expect([elsewhere.code, elsewhere.stdout]).toEqual([1, expect.stringContaining('401 wrong_audience')]);
  });

  it('changes nothing, even if the file declares the user and the application differently', async () => {
    const { prefix, gateway } = await started();
    const token = await gateway.token('read', JANE);
    const redis: Redis = await testRedis();
    const before = await registeredIn(redis, prefix);
    const scopes = {
      read: { description: 'See orders', roles: ['clerk'], recheckRoles: true },
      update: 'Change orders',
    };
    const users = [{ ...JANE, organization: 'johnsorg', password: 'another-password' }];
    const file = aFile(JSON.stringify(aConfiguration({ redis: redisAddress(), prefix, scopes, users })));
    const { code, stdout, stderr } = await runCommand(explainArgs(file, 'GET', '/orders/'), { input: token });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('The running gates declare the user or the application differently');
    expect(await registeredIn(redis, prefix)).toEqual(before);
    await gateway.token('read', JANE);
  });

  it.each([
    ['the file', ['explain', '--method', 'GET', '--path', '/', '--token-file', fileWith('x')]],
    ['the token', ['explain', '--config', 'x', '--method', 'GET', '--path', '/']],
  ])('exits with 2 without %s', async (_what, args) => {
    expect((await runCommand(args)).code).toBe(2);
  });
});
