// Fails on words and names that the project does not use, and prints what to write instead.
//
//   node scripts/check-language.mjs [folder, default the project]

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RULES } from './language-rules.mjs';
import { lineOf, parseFile } from './syntax.mjs';
import { findTests, writtenTitlesIn } from './test-titles.mjs';

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));

/** The folders and files to check: source code with its comments, and documents. */
const PLACES = [
  'src',
  'example-gateway',
  'bench',
  'clients',
  'scripts',
  'docs',
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
];

/** Folders of tests, of which only the titles are checked. */
const TESTS = ['test', 'example-gateway/test'];

/** Tests, of which only the titles are read; what is installed; a page of test titles; and the list of the words. */
const NOT_READ = /(?:^|\/)(?:node_modules|test)\/|(?:rfc-map\.md|language-rules\.mjs)$/;

const isRead = (file) => /\.(?:ts|mjs|js|md|yaml)$/.test(file) && !NOT_READ.test(relative(root, file));

const filesIn = (path) => {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesIn(join(path, name)));
};

const faultsIn = (text, where) =>
  RULES.flatMap(({ found, instead }) => {
    const [words] = found.exec(text) ?? [];
    return words === undefined ? [] : [`${where} "${words}": write ${instead}`];
  });

const faultsOfLines = (file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => faultsIn(line, `${relative(root, file)}:${index + 1}`));

const faultsOfTitles = (file) => {
  const { tree, bytes } = parseFile(file);
  return writtenTitlesIn(tree).flatMap((title) =>
    faultsIn(title.text, `${relative(root, file)}:${lineOf(bytes, title)}`),
  );
};

const files = PLACES.flatMap((place) => filesIn(join(root, place))).filter(isRead);
const tests = TESTS.map((place) => join(root, place))
  .filter(existsSync)
  .flatMap(findTests);
const faults = [...files.flatMap(faultsOfLines), ...tests.flatMap(faultsOfTitles)];

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else {
  console.log(
    `${files.length} file(s) and the titles of ${tests.length} test file(s) are written in the words of the project`,
  );
}
