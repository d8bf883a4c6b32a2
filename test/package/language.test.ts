import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const script = join(__dirname, '../../scripts/check-language.mjs');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-language-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const check = (file: string, text: string) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  return { status, said: stdout + stderr };
};

describe('the language check', () => {
  it('accepts text in the words of the project', () => {
    expect(
      check('src/grants/limits.ts', '/** Limits the grants of a client. */\nexport const MAX_GRANTS = 100;\n'),
    ).toEqual({
      status: 0,
      said: '1 file(s) and the titles of 0 test file(s) are written in the words of the project\n',
    });
  });

  it.each([
    ['src/a.ts', 'const MOST_GRANTS = 1;', 'MOST_G', 'MAX_ or MIN_'],
    ['src/a.ts', '// Whoever asks is refused.', 'Whoever', 'the caller'],
    ['example-gateway/src/a.ts', '// An entry is believed for a second.', 'believed', 'trusted'],
    ['src/a.ts', '/** Whether it is open. */', '/** Whether', 'a noun or a verb'],
    ['docs/a.md', 'What other hands change is seen later.', 'other hands', 'external changes'],
    ['README.md', 'The gate is told of changes.', 'told', 'notifies'],
    ['test/a.test.ts', "it('tells nobody', () => {});", 'tells', 'notifies'],
    ['docs/a.md', 'Sign in at the Store.', 'the Store', 'the portal'],
    ['example-gateway/gateway.yaml', '# Nobody may sign up.', 'Nobody', 'the caller'],
    ['CHANGELOG.md', '- A gate hears of changes.', 'hears', 'is notified'],
    ['bench/run.mjs', '// All of them at once.', 'at once', 'concurrently'],
  ])('reports the line, the words and the replacement in %s: %s', (file, line, words, instead) => {
    const { status, said } = check(file, `\n${line}\n`);
    expect(status).toBe(1);
    expect(said).toContain(`${file}:2 "${words}": write `);
    expect(said).toContain(instead);
  });
});
