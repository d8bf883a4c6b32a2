import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scopegate, type ScopegateOptions } from 'scopegate';
import { silentLogger } from '../support/gate/gate';
import { commandsOf, runExample, writeAsModule } from './code-blocks/first-example';
import { readPart } from './code-blocks/gateway-file';
import { createProject, type Project } from './code-blocks/installed';
import { compileBlocks } from './code-blocks/javascript';
import { codeBlocks, isShownAs, pages, root, type CodeBlock } from './code-blocks/markdown';
import { faultsOfDiagram } from './code-blocks/mermaid';
import { outputFor, withoutPositions } from './code-blocks/outputs';

const blocks = pages.flatMap((page) => codeBlocks(page));
const inLanguage = (...languages: readonly string[]): readonly CodeBlock[] =>
  blocks.filter(({ language }) => languages.includes(language));
const titled = (of: readonly CodeBlock[]): readonly [title: string, block: CodeBlock][] =>
  of.map((block) => [`${block.page}:${block.line}`, block]);

const LANGUAGES = ['js', 'ts', 'sh', 'console', 'yaml', 'json', 'text', 'mermaid'];

const readme = codeBlocks('README.md');
const blockThat = (contains: string): CodeBlock => {
  const found = readme.find(({ code }) => code.includes(contains));
  if (found === undefined) throw new Error(`README.md has no block with ${contains}`);
  return found;
};
const firstExample = blockThat('// gateway.mjs');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-blocks-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every code block has a language that is tested', () => {
  const others = blocks.filter(({ language }) => !LANGUAGES.includes(language));
  expect(others.map(({ page, line, language }) => `${page}:${line} has "${language}"`)).toEqual([]);
  expect(blocks.length).toBeGreaterThan(20);
});

describe('the package, installed into a project,', () => {
  let project: Project;
  beforeAll(() => {
    project = createProject();
  }, 120_000);
  afterAll(() => project.remove());

  test('compiles every block of JavaScript and TypeScript', () => {
    writeAsModule(project.folder, firstExample, 'app.mts');
    expect(compileBlocks(project.folder, inLanguage('js', 'ts'))).toEqual([]);
  }, 120_000);

  test('answers the commands of the first example as the page shows', async () => {
    const [session] = readme.filter(({ language }) => language === 'console');
    expect(session?.line).toBe(firstExample.line + firstExample.code.split('\n').length + 3);
    if (session !== undefined) expect(await runExample(project.folder, firstExample, session)).toEqual([]);
  }, 60_000);

  test('passes the test of an app that the page shows', () => {
    writeAsModule(project.folder, firstExample, 'app.mjs');
    writeFileSync(join(project.folder, 'app.test.mjs'), blockThat("from 'node:test'").code);
    const { status, stdout } = spawnSync(process.execPath, ['--test', 'app.test.mjs'], {
      cwd: project.folder,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^# pass 1$|^ℹ pass 1$/m) });
  }, 60_000);
});

/** The call that opens a gate with the options that a block shows in full. */
const OPENING = /\bscopegate\((\{\n {2}issuer: [\s\S]*?\n\})\);/;

const openings = inLanguage('js', 'ts').filter(
  ({ code }) => OPENING.test(code) && !/\.\.\.options|\bredis\b/.test(code),
);

test.each(titled(openings))('%s has options that a gate accepts', async (_title, { code }) => {
  const [, options] = OPENING.exec(code) ?? [];
  // oxlint-disable-next-line typescript/no-implied-eval -- runs the page
  const read = new Function(`return (${options});`) as () => ScopegateOptions;
  const gate = scopegate({ ...read(), logger: silentLogger });
  await gate.close();
});

test('the options of several pages are tried', () => {
  expect(openings.map(({ page }) => page)).toEqual(
    expect.arrayContaining(['README.md', 'docs/plans.md', 'docs/cors.md']),
  );
});

const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts;

test.each(titled(inLanguage('sh', 'console')))(
  '%s has commands that bash can read, and scripts that exist',
  (_title, block) => {
    const commands = block.language === 'sh' ? [block.code] : commandsOf(block.code).map(({ text }) => text);
    for (const command of commands) {
      const { status, stderr } = spawnSync('bash', ['-n'], { input: command, encoding: 'utf8' });
      expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: '' });
      const named = [...command.matchAll(/\bnpm (?:run (?:-s )?)?(?!ci\b|install\b|run\b)([a-z:-]+)/g)].map(
        ([, name]) => name,
      );
      expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
    }
  },
);

test.each(titled(inLanguage('yaml')))('%s is read by the gateway', (_title, { code }) => {
  expect(() => readPart(folder, code)).not.toThrow();
});

test('every block of JSON can be parsed', () => {
  for (const { code } of inLanguage('json')) expect(() => JSON.parse(code) as unknown).not.toThrow();
});

test.each(titled(inLanguage('text')))('%s is what is printed', (_title, { code }) => {
  const output = outputFor(code, folder) ?? 'no producer of this output is known to the test';
  const isShown = isShownAs(withoutPositions(output), withoutPositions(code));
  expect({ isShown, output: isShown ? '' : output }).toEqual({ isShown: true, output: '' });
});

test.each(titled(inLanguage('mermaid')))('%s is a sequence diagram of declared participants', (_title, { code }) => {
  expect(faultsOfDiagram(code)).toEqual([]);
});

test.each([
  ['graph TD', 'it begins with "graph TD"'],
  ['sequenceDiagram\nA->>B: go', '"A" is not declared', '"B" is not declared'],
  ['sequenceDiagram\nparticipant A as a\nalt yes\nNote over A: wait', 'an alt without an end'],
  ['sequenceDiagram\nelse no\nend', '"else no" is not in an alt', 'an end without an alt'],
  ['sequenceDiagram\nparticipant A as a\nA->>A: go; stop', '"A->>A: go; stop" is not a statement'],
])('a diagram with a fault is refused: %j', (code, ...faults) => {
  expect(faultsOfDiagram(code)).toEqual(faults);
});
