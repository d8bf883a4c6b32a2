import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

/** The commands of the first code block below a heading. */
const commandsUnder = (text: string, heading: string): readonly string[] => {
  const [, block = ''] = /```sh\n([^]*?)```/.exec(text.slice(text.indexOf(`\n${heading}\n`))) ?? [];
  return block.trim().split(/ && |\n/);
};

it('the CI run on a clean checkout installs and tests with the commands of the README', () => {
  const commands = commandsUnder(textOf('README.md'), '## Tests');
  expect(commands).toEqual(['npm ci', 'npm test']);
  const steps = [...textOf('.ci/run').matchAll(/^step (npm (?:ci|test|install|i)\b)/gm)].map(([, command]) => command);
  expect(steps).toEqual(commands);
});
