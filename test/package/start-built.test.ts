import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSmallCheckout, ROOT, type Checkout } from '../support/checkout/checkout';

/** Several builds in one test, on a busy machine. */
const DEADLINE_MS = 180_000;

let checkout: Checkout;
beforeEach(() => {
  checkout = createSmallCheckout();
});
afterEach(() => checkout.remove());

const run = (script: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`scripts/${script}.mjs`, ...args], {
    cwd: checkout.folder,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

const VERSION = { status: 0, stdout: 'example-gateway 0.1.0\n', stderr: '' };
const start = () => run('start', '--version');

test(
  'npm start compiles only if the sources or the compiler options have changed',
  () => {
    expect(start()).toEqual(VERSION);
    expect(checkout.compilations()).toBe(2);
    expect(start()).toEqual(VERSION);
    expect(checkout.compilations()).toBe(2);

    checkout.edit('src/index.ts', 'example-gateway', 'changed');
    expect(start()).toEqual({ ...VERSION, stdout: 'changed 0.1.0\n' });
    expect(checkout.compilations()).toBe(4);

    checkout.edit('tsconfig.json', '"es2023"', '"es2022"');
    expect(start().status).toBe(0);
    expect(checkout.compilations()).toBe(6);

    checkout.edit('node_modules/typescript/package.json', '"version": "', '"version": "1');
    expect(start().status).toBe(0);
    expect(checkout.compilations()).toBe(8);
    expect(start().status).toBe(0);
    expect(checkout.compilations()).toBe(8);
  },
  DEADLINE_MS,
);

test(
  'npm start compiles nothing after npm run build, and repairs built files that were changed or removed',
  () => {
    expect(run('build')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(checkout.compilations()).toBe(2);
    expect(start()).toEqual(VERSION);
    expect(checkout.compilations()).toBe(2);

    rmSync(join(checkout.folder, 'dist'), { recursive: true });
    expect(start()).toEqual(VERSION);
    expect(checkout.compilations()).toBe(4);

    writeFileSync(join(checkout.folder, 'example-gateway/dist/main.js'), 'throw new Error("not built");');
    expect(start()).toEqual(VERSION);
    expect(checkout.compilations()).toBe(6);

    writeFileSync(join(checkout.folder, 'example-gateway/dist/build.json'), '{');
    expect(start()).toEqual(VERSION);
    expect(checkout.compilations()).toBe(8);
  },
  DEADLINE_MS,
);

test(
  'npm start reports what does not compile, and does not start what was built before',
  () => {
    expect(start()).toEqual(VERSION);
    checkout.edit('example-gateway/src/main.ts', 'import { NAME }', 'import { NAMES }');
    const { status, stdout, stderr } = start();
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^The build of example-gateway\/tsconfig\.build\.json failed:\n.*main\.ts/);
    checkout.edit('example-gateway/src/main.ts', 'import { NAMES }', 'import { NAME }');
    expect(start()).toEqual(VERSION);
  },
  DEADLINE_MS,
);

test(
  'gateways that are started concurrently, with nothing built, all start',
  async () => {
    const starts = Array.from({ length: 4 }, async () => {
      const child = spawn(process.execPath, ['scripts/start.mjs', '--version'], { cwd: checkout.folder });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
      }
      await new Promise((resolve) => {
        child.once('close', resolve);
      });
      return output;
    });
    expect(await Promise.all(starts)).toEqual(starts.map(() => VERSION.stdout));
    const compiled = checkout.compilations();
    expect(start()).toEqual(VERSION);
    expect(checkout.compilations()).toBe(compiled);
    const left = readdirSync(join(checkout.folder, 'example-gateway/dist')).filter((name) =>
      /^\.start-|\.json\./.test(name),
    );
    expect(left).toEqual([]);
  },
  DEADLINE_MS,
);

test(
  'without the compiler npm start uses what is built, and warns if the sources are others',
  () => {
    expect(run('build').status).toBe(0);
    checkout.removeCompiler();
    expect(start()).toEqual(VERSION);

    checkout.edit('src/index.ts', 'example-gateway', 'changed');
    const warned = start();
    expect(warned).toMatchObject({ status: 0, stdout: VERSION.stdout });
    expect(warned.stderr).toMatch(
      /^The gateway starts from files that were built from other sources: .*npm run build`\.\n$/,
    );

    rmSync(join(checkout.folder, 'src'), { recursive: true });
    rmSync(join(checkout.folder, 'example-gateway/src'), { recursive: true });
    expect(start()).toEqual(VERSION);
  },
  DEADLINE_MS,
);

test('without the compiler and without built files npm start explains how to build', () => {
  checkout.removeCompiler();
  const { status, stdout, stderr } = start();
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(
    /^The gateway is not built, and the compiler is not installed\. Run `npm ci && npm run build`/,
  );
  expect(existsSync(join(checkout.folder, 'example-gateway/dist'))).toBe(false);
});

describe('scopegate-gateway', () => {
  const gateway = (folder: string, ...args: readonly string[]) => {
    const link = join(folder, 'example-gateway/bin/scopegate-gateway.js');
    const { status, stdout, stderr } = spawnSync(link, args, { cwd: '/', encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  test(
    'is an executable file that takes the flags of the gateway, from any folder',
    () => {
      expect(spawnSync(process.execPath, [join(ROOT, 'scripts/start.mjs'), '--version']).status).toBe(0); // builds it
      expect(gateway(ROOT, '--version')).toEqual(VERSION);
      expect(gateway(ROOT, '--help').stdout).toMatch(/^usage: scopegate-gateway \[--config FILE\]/);
      const { status, stderr } = gateway(ROOT, '--prot', '1');
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringMatching(/^Unknown option '--prot'\nusage: scopegate-gateway /),
      });
    },
    DEADLINE_MS,
  );

  test('explains how to build if nothing is built', () => {
    expect(gateway(checkout.folder, '--version')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'The gateway is not built. Run `npm ci && npm run build` in the root of the repository.\n',
    });
  });
});
