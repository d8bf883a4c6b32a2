import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const script = join(__dirname, '../../scripts/rfc-map.mjs');
const MAP = 'docs/rfc-map.md';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-rfc-map-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (files: Readonly<Record<string, string>>): void => {
  for (const [name, text] of Object.entries({ [MAP]: '', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
};

const run = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args, folder], { encoding: 'utf8' });
  return { status, said: stdout + stderr };
};

const map = (): string => readFileSync(join(folder, MAP), 'utf8');

/** The rows of the map as they read, without the blanks that line them up. */
const rows = (): readonly string[] =>
  map()
    .split('\n')
    .filter((line) => /^\| (?:§|Appendix)/.test(line))
    .map((line) => line.replace(/ +/g, ' '));

const aTest = (title: string, rfc = 'RFC 1'): string =>
  `describe('${rfc}', () => { it('${title}', () => undefined); });\n`;

describe('the RFC map', () => {
  it('is accepted when it is fresh', () => {
    write({ 'test/rfc/rfc-1.test.ts': aTest('§5.2 the answer is good') });
    expect(run()).toEqual({ status: 0, said: 'docs/rfc-map.md lists 1 row of 1 RFC\n' });
    expect(rows()).toEqual(['| §5.2 | the answer is good | test/rfc/rfc-1.test.ts |']);
    expect(run('--check')).toEqual({ status: 0, said: 'docs/rfc-map.md is fresh: 1 row of 1 RFC\n' });
  });

  it('is refused without a change when it is stale or missing', () => {
    write({ 'test/rfc/rfc-1.test.ts': aTest('§5.2 the answer is good') });
    run();
    const before = map();
    write({ 'test/rfc/rfc-1.test.ts': aTest('§5.2 the answer is better'), [MAP]: before });
    expect(run('--check')).toEqual({ status: 1, said: expect.stringContaining('docs/rfc-map.md is stale') });
    expect(map()).toBe(before);
    rmSync(join(folder, MAP));
    expect(run('--check')).toEqual({ status: 1, said: expect.stringContaining('docs/rfc-map.md is stale') });
    expect(existsSync(join(folder, MAP))).toBe(false);
  });

  it.each(['the answer is good', '5.2 the answer is good', '§5.2: the answer is good', '§5.2', 'S-001 §5.2 is good'])(
    'is not generated from a title without a clause at its beginning: %s',
    (title) => {
      write({ 'test/rfc/rfc-1.test.ts': `\n${aTest(title)}` });
      for (const args of [[], ['--check']]) {
        const { status, said } = run(...args);
        expect(said).toContain(`test/rfc/rfc-1.test.ts:2 "${title}" does not begin with a clause`);
        expect(status).toBe(1);
      }
      expect(map()).toBe('');
    },
  );

  it('is not generated from a test outside an RFC describe, or without any test', () => {
    write({ 'test/rfc/rfc-1.test.ts': aTest('§5.2 is good', 'RFC one') });
    expect(run()).toEqual({ status: 1, said: expect.stringContaining('stands in no describe') });
    write({ 'test/rfc/rfc-1.test.ts': '', 'test/rfc/rfc-1.ts': aTest('§5.2 is good') });
    expect(run()).toEqual({ status: 1, said: expect.stringContaining('test/rfc has no test') });
  });

  it('lists RFCs and clauses in numeric order, and has a row for each clause of a title', () => {
    const titles = ['Appendix B a', '§10.4, §9 b', '§10.10 c', '§10 d', 'Appendix A.10 e', 'Appendix A.9 f', '§9.1 g'];
    write({
      'test/rfc/rfc-10.test.ts': aTest('§1 h', 'RFC 10'),
      'test/rfc/rfc-9.test.ts': titles.map((title) => aTest(title, 'RFC 9')).join(''),
    });
    run();
    expect(map().match(/^## .*$/gm)).toEqual([expect.stringContaining('[RFC 9]'), expect.stringContaining('[RFC 10]')]);
    expect(rows().map((row) => row.replace(/ \| test.*$/, ''))).toEqual([
      ...['| §9 | b', '| §9.1 | g', '| §10 | d', '| §10.4 | b', '| §10.10 | c'],
      ...['| Appendix A.9 | f', '| Appendix A.10 | e', '| Appendix B | a', '| §1 | h'],
    ]);
  });

  it('includes tests in nested describes, and prints rows of each as far as they are literals', () => {
    const source = [
      "import { imported } from './imported';",
      "const cases = [['a', 1], ['b', Math.random()]] as const;",
      "describe('RFC 1', () => {",
      "  describe.each(imported)('on %s', () => { it('§1 is below', () => { it('in no body'); }); });",
      "  it.each(cases)('§2 has %s and %s', () => undefined);",
      "  it.each([{ name: 'c' }])('§3 has $name', () => undefined);",
      "  test.each(imported)('§4 has %s', () => undefined);",
      "  it.each([['§5 is in the table'], ['§6 as well']])('%s', () => undefined);",
      '  it.each`a\n${1}`(`§7 is ${1 + 1}`, () => undefined);',
      "  it.only('§8 has 100%s', () => undefined);",
      '});',
    ];
    write({ 'test/rfc/rfc-1.test.ts': source.join('\n') });
    expect(run()).toMatchObject({ status: 0 });
    expect(rows().map((row) => row.replace(/ \| test.*$/, ''))).toEqual([
      ...['| §1 | is below', '| §2 | has a and 1', '| §2 | has b and …', '| §3 | has c', '| §4 | has …'],
      ...['| §5 | is in the table', '| §6 | as well', '| §7 | is …', '| §8 | has 100%s'],
    ]);
  });

  it('prints a title literally, whatever it would mean in Markdown', () => {
    write({ 'test/rfc/rfc-1.test.ts': aTest('§1 a|b *c* <d> [e](f) _g_ h_i') });
    run();
    expect(rows()).toEqual(['| §1 | a\\|b \\*c\\* \\<d\\> \\[e\\](f) \\_g\\_ h_i | test/rfc/rfc-1.test.ts |']);
  });
});
