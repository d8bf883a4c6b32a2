import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/http/free-port';
import { ROOT } from '../support/checkout/checkout';
import { until } from '../support/time/waiting';
import { execFormOf } from './deploy/dockerfile';
import { buildImage, type Image } from './deploy/image';

jest.setTimeout(300_000); // the project is compiled, which takes long on a busy machine

let image: Image;
let folder: string;
beforeAll(() => {
  image = buildImage();
  folder = mkdtempSync(join(tmpdir(), 'scopegate-container-'));
  chmodSync(folder, 0o755);
});
afterAll(() => {
  image.remove();
  rmSync(folder, { recursive: true, force: true });
});

const textOf = (name: string): string => {
  const found = image.stage.instructions.filter((instruction) => instruction.name === name);
  if (found.length !== 1) throw new Error(`the image has ${found.length} times ${name}`);
  return found[0]?.text ?? '';
};

const inImage = (words: readonly string[]): readonly string[] =>
  words.map((word) => word.replace(/^\/app\//, `${image.app}/`));

/** The user of the image, if this process may become another user. Otherwise the files are made read-only. */
const user = (): object => {
  const [uid, gid] = textOf('USER').split(':').map(Number);
  return process.getuid?.() === 0 ? { uid, gid } : {};
};

const makeReadOnly = (): void => {
  if (process.getuid?.() !== 0) spawnSync('chmod', ['-R', 'a-w', image.root]);
};

const environment = (port: number) => ({ PATH: process.env['PATH'], NODE_ENV: 'production', PORT: String(port) });

/** Runs the health check of the image. @returns its exit code */
const checkHealth = (port: number): number | null => {
  const [, command = ''] = / CMD (.*)$/.exec(textOf('HEALTHCHECK')) ?? [];
  const [program = '', ...args] = inImage(execFormOf(command));
  return spawnSync(program, args, { env: environment(port), cwd: image.app, ...user() }).status;
};

test('the image has what the gateway needs to run, and nothing that only a build needs', () => {
  expect(readdirSync(image.app).sort()).toEqual(['deploy', 'dist', 'example-gateway', 'node_modules', 'package.json']);
  expect(readdirSync(join(image.app, 'example-gateway')).sort()).toEqual(['bin', 'dist', 'package.json']);
  for (const name of ['typescript', 'jest', 'oxlint', '@swc/core']) {
    expect(existsSync(join(image.app, 'node_modules', name))).toBe(false);
  }
  const command = join(image.root, 'usr/local/bin/scopegate');
  expect(lstatSync(command).isSymbolicLink()).toBe(true);
  const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8', ...user() });
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^scopegate \d/) });
});

test('the builder gets no secret, no test and nothing that was built here', () => {
  expect(existsSync(join(ROOT, 'example-gateway/test'))).toBe(true);
  const build = join(image.root, '../build/app');
  expect(readdirSync(build)).not.toEqual(expect.arrayContaining(['secrets']));
  expect(existsSync(join(build, 'example-gateway/test'))).toBe(false);
  expect(existsSync(join(build, 'test'))).toBe(false);
});

test('the image runs as a user by number, with node as the first process, on a base that can be chosen', () => {
  expect(textOf('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  expect(textOf('STOPSIGNAL')).toBe('SIGTERM');
  expect(execFormOf(textOf('ENTRYPOINT'))[0]).toBe('node');
  expect(execFormOf(textOf('CMD'))).toEqual(['--config', '/etc/scopegate/gateway.yaml']);
  expect(image.stage.base).toBe('${NODE_IMAGE}');
});

test('the gateway of the image runs without a home folder and without writing a file, and stops on SIGTERM', async () => {
  makeReadOnly();
  const port = await freePort();
  const before = image.files();
  const file = join(folder, 'gateway.yaml');
  writeFileSync(
    file,
    'scopes: { read: { description: See } }\napis: { orders: { upstream: demo:orders, resources: [] } }\n',
  );
  const [program = '', ...args] = inImage([...execFormOf(textOf('ENTRYPOINT')), '--config', file]);
  const child = spawn(program, args, { env: environment(port), cwd: image.app, ...user() });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  await until(() => output.includes('ready on') || child.exitCode !== null, 60_000);
  expect(output).toContain(`ready on http://127.0.0.1:${port}`);
  expect(checkHealth(port)).toBe(0);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(checkHealth(port)).toBe(1);
  expect(image.files()).toEqual(before);
});
