import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const script = join(__dirname, '../../scripts/check-security-cases.mjs');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-cases-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const row = (number: number, outcome = '400'): string => `| S-00${number} | some-slug | Something bad | ${outcome} |`;

const check = (rows: readonly string[], tests: Readonly<Record<string, string>>) => {
  const head = [
    '# Cases',
    '',
    'No row, though it names S-009.',
    '',
    '| number | slug | case | outcome |',
    '|---|---|---|---|',
  ];
  const files = { 'docs/security-cases.md': [...head, ...rows].join('\n'), ...tests };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  return { status, said: stdout + stderr };
};

describe('the check of the security cases', () => {
  it('finds numbers in titles and in tables of each, in the tests of both folders and in contract suites', () => {
    const { status, said } = check(
      [1, 2, 3, 4, 5, 6, 7, 8].map((number) => row(number)),
      {
        'test/a.test.ts': [
          "describe('S-001 and S-002', () => it(`S-003 ${1 + 1}`, () => undefined));",
          "it.each([['S-004 in a table', 1]])('%s', () => undefined);",
          "const cases = [{ name: 'S-005 in a constant' }] as const;",
          "describe.each(cases)('$name', () => test('is tested', () => undefined));",
          "it.each`name | b\n${'S-006'} | ${1}`('$name', () => undefined);",
        ].join('\n'),
        'test/contracts/a-store.ts': "export const suite = () => it('S-008', () => undefined);",
        'example-gateway/test/deep/b.test.ts': "it('S-007', () => undefined);",
      },
    );
    expect(said).toBe('8 security cases have tests, 0 are left out with a reason\n');
    expect(status).toBe(0);
  });

  it('refuses a row without a test, and does not count comments, test bodies or other files', () => {
    const { status, said } = check([row(1), row(2)], {
      'test/a.test.ts':
        "// S-001\nit('passes', () => { expect('S-001').toBe('S-001'); });\nit('S-002', () => undefined);",
      'test/b.ts': "it('S-001', () => undefined);",
    });
    expect(said).toContain('docs/security-cases.md:7 S-001 some-slug has no test');
    expect(said).not.toContain('S-002');
    expect(status).toBe(1);
  });

  it('refuses a number without a row, a repeated row and a malformed row', () => {
    const { status, said } = check([row(1), row(1), '| S-02 | only two |'], {
      'test/a.test.ts': "\nit('S-001 and S-009', () => undefined);",
    });
    expect(said).toContain('test/a.test.ts:2 names S-009, which has no row in docs/security-cases.md');
    expect(said).toContain('docs/security-cases.md:8 S-001 is a duplicate');
    expect(said).toContain('docs/security-cases.md:9 is not a row of the form');
    expect(status).toBe(1);
  });

  it('refuses a skipped number, unless it or its range is left out with a reason', () => {
    const tests = { 'test/a.test.ts': "it('S-001 and S-006', () => undefined);" };
    const passed = check([row(1), '| S-003 to S-004 | there is no such part |', row(6)], tests);
    expect(passed.said).toContain('docs/security-cases.md passes over S-002: give it a row, or a reason');
    expect(passed.said).toContain('passes over S-005');
    expect(passed.said).not.toContain('S-003');
    expect(passed.status).toBe(1);

    const report = check([row(1), '| S-002 to S-004 | there is no such part |', '| S-005 | nor such |', row(6)], tests);
    expect(report.said).toBe('2 security cases have tests, 4 are left out with a reason\n');
    expect(report.status).toBe(0);

    const both = check([row(1), '| S-001 | no longer |'], { 'test/a.test.ts': "it('S-001', () => undefined);" });
    expect(both.said).toContain('docs/security-cases.md:8 leaves out S-001, which has a row');
  });
});
