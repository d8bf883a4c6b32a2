import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const PAGE = 'docs/options.md';
const ROWS = 'src/options/token-lifetimes.ts';

let folder: string;

/** Copies the table, the page and the settings of the formatter. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-options-page-'));
  cpSync(join(ROOT, 'src'), join(folder, 'src'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'docs'));
});
beforeEach(() => {
  for (const file of [PAGE, ROWS]) cpSync(join(ROOT, file), join(folder, file));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: readonly string[]) => {
  const script = join(ROOT, 'scripts/options-page.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args, folder], { encoding: 'utf8' });
  return { status, said: stdout + stderr };
};

const page = (): string => readFileSync(join(folder, PAGE), 'utf8');

const change = (from: string, to: string): void => {
  const text = readFileSync(join(folder, ROWS), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(folder, ROWS), text.replace(from, to));
};

describe('the page of options', () => {
  it('is accepted when it is fresh', () => {
    expect(run('--check')).toEqual({
      status: 0,
      said: expect.stringMatching(/^docs\/options\.md is fresh: \d+ options/),
    });
  });

  it('is stale once the default, the range or the description of a row has changed, until it is written again', () => {
    change('default: 3_600', 'default: 1_800');
    change('max: 60,', 'max: 90,');
    change('Upper bound of', 'Maximum of');
    const before = page();
    expect(run('--check')).toEqual({ status: 1, said: expect.stringContaining('docs/options.md is stale') });
    expect(page()).toBe(before);
    expect(run()).toEqual({ status: 0, said: expect.stringContaining('docs/options.md describes') });
    expect(page()).toMatch(/`tokens\.accessTokenLifetime` +\| `number` +\| `1800`/);
    expect(page()).toMatch(/`tokens\.refreshGrace` .*\| 0 to 90 seconds/);
    expect(page()).toMatch(/`tokens\.maxAccessTokenLifetime` .*\| Maximum of every/);
    expect(run('--check').status).toBe(0);
  });

  it('is refused if it is missing', () => {
    rmSync(join(folder, PAGE));
    expect(run('--check').status).toBe(1);
    expect(existsSync(join(folder, PAGE))).toBe(false);
  });
});
