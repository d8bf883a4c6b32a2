import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readConfiguration } from '../../example-gateway/src/configuration/configuration';
import { ROOT } from '../support/checkout/checkout';
import { BUILD_DEADLINE_MS, buildCommand, runCommand } from '../support/cli/command';
import { freePort } from '../support/http/free-port';
import { until } from '../support/time/waiting';

interface Service {
  readonly [key: string]: unknown;
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly volumes: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

const compose = parse(readFileSync(join(ROOT, 'compose.yaml'), 'utf8')) as {
  readonly services: Readonly<Record<'gateway' | 'redis', Service>>;
  readonly volumes: object;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};
const { gateway, redis } = compose.services;

jest.setTimeout(120_000); // programs are started, which takes long on a busy machine

const children = new Set<ChildProcess>();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-compose-'));
  mkdirSync(join(folder, 'data'));
  for (const name of Object.keys(compose.secrets)) writeFileSync(join(folder, name), `${name}-secret\n`);
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await until(() => [...children].every(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null));
  children.clear();
  rmSync(folder, { recursive: true, force: true });
});

/** What Compose passes to the container, with the folders of this test in place of those of the container. */
const inContainer = (text: string): string =>
  text
    .replaceAll('$$', '$')
    .replaceAll('/run/secrets', folder)
    .replaceAll(' /data', ` ${join(folder, 'data')}`);

const startRedis = async (port: number): Promise<ChildProcess> => {
  const [program = '', ...args] = (redis.entrypoint ?? []).map(inContainer);
  const listening = [`port ${port}`, 'bind 127.0.0.1'].join('\n');
  const child = spawn(
    program,
    args.map((arg) => arg.replace('requirepass', `${listening}\nrequirepass`)),
  );
  children.add(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await until(() => output.includes('Ready to accept connections'));
  return child;
};

const runHealthCheck = async (port: number): Promise<number | null> => {
  const [kind, command = ''] = redis.healthcheck?.test ?? [];
  expect(kind).toBe('CMD-SHELL');
  const child = spawn('sh', ['-c', inContainer(command).replace('redis-cli', `redis-cli -p ${port}`)]);
  return new Promise((resolve) => {
    child.once('close', resolve);
  });
};

test.each(Object.entries(compose.services))('the service %s has no rights that it does not need', (_name, service) => {
  expect(service).toMatchObject({
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    restart: 'unless-stopped',
  });
  expect(service['privileged']).toBeUndefined();
  for (const name of service.secrets) expect(Object.keys(compose.secrets)).toContain(name);
});

test('the gateway waits for a healthy Redis, and only the gateway can be reached, from this machine', () => {
  expect(gateway['depends_on']).toEqual({ redis: { condition: 'service_healthy' } });
  expect(gateway['ports']).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
  expect(redis['ports']).toBeUndefined();
});

test('every file that a service mounts exists, and git ignores the secrets', () => {
  for (const volume of gateway.volumes) expect(existsSync(join(ROOT, volume.split(':')[0] ?? ''))).toBe(true);
  const ignored = readFileSync(join(ROOT, '.gitignore'), 'utf8').split('\n');
  for (const { file } of Object.values(compose.secrets)) expect(ignored).toContain(`${file.split('/')[1]}/`);
});

test('the gateway file is valid with the variables and secrets of the service', () => {
  const [file = ''] = gateway.volumes[0]?.split(':') ?? [];
  const variables = { ...gateway.environment, ISSUER: 'https://api.example.com', CREDENTIALS_DIRECTORY: folder };
  const { redis: address, options, listen } = readConfiguration(join(ROOT, file), variables);
  expect(address).toEqual({ url: 'redis://redis:6379', password: 'redis-password-secret' });
  expect(options['users']).toEqual([{ username: 'admin', password: 'admin-password-secret', roles: ['admin'] }]);
  expect(listen).toMatchObject({ host: '0.0.0.0', port: 8080 });
});

describe('the Redis of the service', () => {
  beforeAll(buildCommand, BUILD_DEADLINE_MS);

  it('needs the password of the secret, which is not an argument, and scopegate doctor finds nothing wrong', async () => {
    const port = await freePort();
    await startRedis(port);
    expect(redis.entrypoint?.join(' ')).not.toContain('--requirepass');
    const store = ['--redis', `redis://127.0.0.1:${port}`];
    expect((await runCommand(['doctor', ...store])).code).toBe(3);
    const password = ['--redis-password-file', join(folder, 'redis-password')];
    const { code, stdout } = await runCommand(['doctor', ...store, ...password]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.not.stringMatching(/^(?!ok |$)/m) });
    expect(readdirSync(join(folder, 'data'))).toEqual(['appendonlydir']);
  });

  it('is healthy while it answers, gets SIGTERM itself, and keeps what was written', async () => {
    const port = await freePort();
    expect(await runHealthCheck(port)).not.toBe(0);
    const first = await startRedis(port);
    expect(await runHealthCheck(port)).toBe(0);
    const ended = new Promise<number | null>((resolve) => {
      first.once('close', resolve);
    });
    first.kill('SIGTERM');
    expect(await ended).toBe(0);
    await startRedis(port);
    expect(await runHealthCheck(port)).toBe(0);
  });
});
