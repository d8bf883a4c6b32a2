// The record of a build: from which sources it was made, and what it wrote. It is beside the built files, outside of
// what is published.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The projects in the order in which they are built: the second uses the declarations of the first. */
export const PROJECTS = [
  { project: 'tsconfig.build.json', sources: 'src', dist: 'dist', entry: 'dist/index.js' },
  {
    project: 'example-gateway/tsconfig.build.json',
    sources: 'example-gateway/src',
    dist: 'example-gateway/dist',
    entry: 'example-gateway/dist/main.js',
  },
];

const OPTIONS = ['tsconfig.json', ...PROJECTS.map(({ project }) => project)];
const COMPILER = 'node_modules/typescript/package.json';

const recordOf = (root) => join(root, 'example-gateway/dist/build.json');

const filesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

const digestOf = (file) => createHash('sha256').update(readFileSync(file)).digest('base64url');

/** Checks whether the sources are there: a folder that is deployed may have only the built files. */
export const hasSources = (root) => PROJECTS.every(({ sources }) => existsSync(join(root, sources)));

/** Checks whether the compiler is installed. `npm ci --omit=dev` installs none. */
export const hasCompiler = (root) => existsSync(join(root, COMPILER));

/** Checks whether there is anything to start. */
export const isBuilt = (root) => PROJECTS.every(({ entry }) => existsSync(join(root, entry)));

/** Returns one digest of the sources and the compiler's options. */
export const digestOfSources = (root) => {
  const sources = PROJECTS.flatMap(({ sources: folder }) => filesIn(join(root, folder)));
  const hash = createHash('sha256');
  for (const file of [...OPTIONS.map((name) => join(root, name)), ...sources]) {
    hash.update(`${relative(root, file)}\0${digestOf(file)}\n`);
  }
  return hash.digest('base64url');
};

const compilerVersion = (root) => JSON.parse(readFileSync(join(root, COMPILER), 'utf8')).version;

/** Records a build: the digest of its sources, and the files that it wrote. The record replaces another in one step. */
export const writeRecord = (root, sources, files) => {
  const built = Object.fromEntries(files.map((file) => [relative(root, file), digestOf(file)]));
  const file = recordOf(root);
  const temporary = `${file}.${process.pid}`;
  try {
    writeFileSync(temporary, JSON.stringify({ compiler: compilerVersion(root), sources, built }));
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
};

/** Checks whether the built files are those of the present sources, all of them unchanged since. */
export const isUpToDate = (root) => {
  try {
    const { compiler, sources, built } = JSON.parse(readFileSync(recordOf(root), 'utf8'));
    if (hasCompiler(root) && compiler !== compilerVersion(root)) return false;
    if (sources !== digestOfSources(root)) return false;
    return Object.entries(built).every(([file, digest]) => digestOf(join(root, file)) === digest);
  } catch {
    return false; // no record, another format, or a file that is missing
  }
};
