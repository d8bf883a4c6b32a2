import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './markdown';

/** A project of a user of the package, in a temporary folder. */
export interface Project {
  readonly folder: string;
  remove(): void;
}

/** Runs the compiler. Returns what it reports; empty if the code compiles. */
export const compile = (...args: readonly string[]): string => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, ...args], { cwd: root, encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}`;
};

/** Builds the package and installs it into a new project, beside all that is installed here. */
export const createProject = (): Project => {
  const parent = mkdtempSync(join(tmpdir(), 'scopegate-blocks-'));
  const folder = join(parent, 'project');
  const installed = join(folder, 'node_modules/scopegate');
  mkdirSync(installed, { recursive: true });
  copyFileSync(join(root, 'package.json'), join(installed, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(parent, 'node_modules'));
  const errors = compile('-p', 'tsconfig.build.json', '--outDir', join(installed, 'dist'));
  if (errors !== '') throw new Error(`The package cannot be built:\n${errors}`);
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true }) };
};
