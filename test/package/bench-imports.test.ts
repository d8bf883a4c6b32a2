import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');

const scripts = readdirSync(join(root, 'bench'), { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.mjs') && !file.includes('node_modules'),
);

/** The modules of the build that a script imports. */
const importsOf = (script: string): readonly string[] =>
  [...readFileSync(join(root, 'bench', script), 'utf8').matchAll(/from '(?:\.\.\/)+dist\/([\w/-]+)\.js'/g)].map(
    ([, module = '']) => module,
  );

const imports = scripts.flatMap((script) => importsOf(script).map((module) => [module, script] as const));

// No other check reads them: the scripts are not compiled, and `npm test` does not run them.
test('the benchmark imports more than three modules of the build', () => {
  expect(imports.length).toBeGreaterThan(3);
});

test.each(imports)('the benchmark can import %s, as %s does', (module) => {
  expect(existsSync(join(root, 'src', `${module}.ts`))).toBe(true);
});
