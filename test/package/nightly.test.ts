import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const script = join(root, 'scripts/nightly.mjs');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-nightly-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the script with an `npm` that prints its arguments and the two variables, and exits with this status. */
const run = (env: Readonly<Record<string, string>> = {}, status = 0) => {
  const npm = `#!/bin/sh\necho "npm $*"\necho "$SCOPEGATE_PROPERTY_SEED $SCOPEGATE_PROPERTY_RUNS"\nexit ${status}\n`;
  writeFileSync(join(folder, 'npm'), npm, { mode: 0o755 });
  const done = spawnSync(process.execPath, [script], { encoding: 'utf8', env: { PATH: `${folder}:/bin`, ...env } });
  return { status: done.status, lines: done.stdout.trimEnd().split('\n') };
};

/** The test files that the script's arguments select. */
const selected = (): readonly string[] => {
  const [, argument = ''] = run().lines;
  const args = argument.replace(/^npm test -- /, '').split(' ');
  const jest = [join(root, 'node_modules/.bin/jest'), '--listTests', '--json', ...args];
  const listed: unknown = JSON.parse(execFileSync(process.execPath, jest, { cwd: root, encoding: 'utf8' }));
  return Array.isArray(listed) ? listed.map(String) : [];
};

const textsOf = (under: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(join(root, under), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => join(root, under, file))
      .map((file) => [file, readFileSync(file, 'utf8')]),
  );

describe('the nightly run', () => {
  it('prints its seed before and after the tests, and repeats a run whose seed it gets', () => {
    const [first = '', , variables, last] = run().lines;
    const [, seed = ''] = /^SCOPEGATE_PROPERTY_SEED=(\d+) SCOPEGATE_PROPERTY_RUNS=100000$/.exec(first) ?? [];
    expect(variables).toBe(`${seed} 100000`);
    expect(last).toBe(first);
    const again = run({ SCOPEGATE_PROPERTY_SEED: seed, SCOPEGATE_PROPERTY_RUNS: '6000' });
    expect(again.lines[2]).toBe(`${seed} 6000`);
  });

  it('has another seed each time', () => {
    expect(new Set([run(), run(), run()].map(({ lines }) => lines[0])).size).toBe(3);
  });

  it('fails if a test fails, and prints how to repeat it', () => {
    const { status, lines } = run({ SCOPEGATE_PROPERTY_SEED: '7' }, 1);
    expect(status).toBe(1);
    expect(lines.at(-1)).toBe(
      'To repeat the failure: SCOPEGATE_PROPERTY_SEED=7 SCOPEGATE_PROPERTY_RUNS=100000 npm test -- <file>',
    );
  });

  it('covers every test that asserts a property or chooses at random', () => {
    const texts = new Map([...textsOf('test'), ...textsOf('example-gateway/test')]);
    const random = [...texts].filter(([, text]) => /\b(?:assertProperty\(|forAllCases\(|SeededRandom\()/.test(text));
    expect(random.length).toBeGreaterThan(25);
    expect(selected()).toEqual(expect.arrayContaining(random.map(([file]) => file)));
  });
});
