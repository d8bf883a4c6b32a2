import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(__dirname, '../../scripts/check-lockfiles.mjs');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-lockfiles-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

type Packages = Readonly<Record<string, object>>;

/** Checks a project with these entries in its lockfile, beside others without dependencies. */
const check = (packages: Packages, manifest: object = {}) => {
  for (const name of ['bench/express-gateway', 'clients']) mkdirSync(join(folder, name), { recursive: true });
  for (const [place, text] of [
    ['package.json', manifest],
    ['package-lock.json', { packages }],
    ['bench/package.json', {}],
    ['bench/package-lock.json', { packages: { '': {} } }],
    ['bench/express-gateway/package.json', {}],
    ['bench/express-gateway/package-lock.json', { packages: { '': {} } }],
    ['clients/package.json', {}],
    ['clients/package-lock.json', { packages: { '': {} } }],
  ] as const) {
    writeFileSync(join(folder, place), JSON.stringify(text));
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  return { status, output: stdout + stderr };
};

const integrity = 'sha512-x';

describe('the lockfile check', () => {
  it('accepts a lockfile whose dependencies all have entries, next to or above the dependent package', () => {
    const { status, output } = check({
      '': { dependencies: { a: '1' }, devDependencies: { '@s/b': '1' }, peerDependencies: { c: '1' } },
      workspace: { devDependencies: { a: '1' } },
      'node_modules/workspace': { resolved: 'workspace', link: true },
      'node_modules/a': { integrity, optionalDependencies: { 'a-linux': '1', 'a-darwin': '1' } },
      'node_modules/a-linux': { integrity, optional: true },
      'node_modules/a-darwin': { integrity, optional: true },
      'node_modules/@s/b': { integrity, dependencies: { d: '2' }, devDependencies: { 'not-installed': '1' } },
      'node_modules/@s/b/node_modules/d': { integrity, dependencies: { a: '1' } },
      'node_modules/c': { integrity, peerDependencies: { e: '1' }, peerDependenciesMeta: { e: { optional: true } } },
    });
    expect(output).toBe('the lockfiles are complete: 12 packages\n');
    expect(status).toBe(0);
  });

  it('refuses a lockfile that lacks the native package of another platform', () => {
    const { status, output } = check({
      '': { devDependencies: { a: '1' } },
      'node_modules/a': { integrity, optionalDependencies: { 'a-linux': '1', 'a-darwin': '1' } },
      'node_modules/a-linux': { integrity, optional: true },
    });
    expect(output).toContain('package-lock.json: node_modules/a needs a-darwin, which has no entry');
    expect(output).toContain('1 faults of the lockfiles. Where entries are missing, remove node_modules');
    expect(status).toBe(1);
  });

  it.each<[string, Packages, string]>([
    ['a dependency of the project', { '': { dependencies: { a: '1' } } }, 'the project needs a'],
    ['a dependency of a workspace', { '': {}, workspace: { devDependencies: { a: '1' } } }, 'workspace needs a'],
    [
      'a peer dependency',
      { '': {}, 'node_modules/b': { integrity, peerDependencies: { a: '1' } } },
      'node_modules/b needs a',
    ],
    [
      'a dependency that only another package can reach',
      {
        '': { dependencies: { a: '1' } },
        'node_modules/b': { integrity },
        'node_modules/b/node_modules/a': { integrity },
      },
      'the project needs a',
    ],
  ])('refuses a lockfile that lacks %s', (_what, packages, fault) => {
    const { status, output } = check(packages);
    expect(output).toContain(`${fault}, which has no entry`);
    expect(status).toBe(1);
  });

  it('refuses an entry with a registry address, and an entry without integrity', () => {
    const { status, output } = check({
      '': { dependencies: { a: '1', b: '1' } },
      'node_modules/a': { integrity, resolved: 'https://registry.example.com/a.tgz' },
      'node_modules/b': {},
    });
    expect(output).toContain('node_modules/a names the address https://registry.example.com/a.tgz');
    expect(output).toContain('node_modules/b has no integrity');
    expect(status).toBe(1);
  });

  it('refuses a package with an install script until package.json allows or denies it', () => {
    const packages = { '': { dependencies: { a: '1' } }, 'node_modules/a': { integrity, hasInstallScript: true } };
    const undecided = check(packages);
    expect(undecided.output).toContain('node_modules/a has an install script: add it to allowScripts in package.json');
    expect(undecided.status).toBe(1);
    expect(check(packages, { allowScripts: { a: false } }).status).toBe(0);
  });
});
