import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installProduction, linkModules, ROOT } from '../../support/checkout/checkout';
import { copy, stagesOf, type Instruction, type Stage } from './dockerfile';

const WORKDIR = '/app';

/** The files of an image, in folders that stand for its root. */
export interface Image {
  /** The folder in place of `/`. */
  readonly root: string;
  /** The folder in place of `/app`. */
  readonly app: string;
  readonly stage: Stage;
  /** All files with their size and time of change. */
  files(): readonly string[];
  remove(): void;
}

/** Does in a folder what a `RUN` says. The packages are those that are installed here, in place of downloaded ones. */
const run = (text: string, root: string): void => {
  const app = join(root, WORKDIR);
  if (text === 'npm ci') return linkModules(app);
  if (text === 'npm prune --omit=dev') {
    rmSync(join(app, 'node_modules'), { recursive: true });
    return installProduction(app);
  }
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
  const inRoot = text.replaceAll(/(?<= )\/(app|usr)/g, join(root, '$1'));
  execFileSync('sh', ['-euc', inRoot], { cwd: app, stdio: ['ignore', 'ignore', 'inherit'] });
};

const replay = ({ instructions }: Stage, context: string, root: string): void => {
  const steps: Readonly<Record<string, (instruction: Instruction) => void>> = {
    WORKDIR: ({ text }) => void mkdirSync(join(root, text), { recursive: true }),
    COPY: ({ text }) => copy(text, { context, root, workdir: WORKDIR }),
    RUN: ({ text }) => run(text, root),
  };
  for (const instruction of instructions) steps[instruction.name]?.(instruction);
};

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => `${file.slice(folder.length)} ${statSync(file).size} ${statSync(file).mtimeMs}`);

/** Does what the Dockerfile says, in folders. */
export const buildImage = (): Image => {
  const folder = mkdtempSync(join(tmpdir(), 'scopegate-image-'));
  chmodSync(folder, 0o755); // the user of the image reads it
  const [build, image] = stagesOf('Dockerfile');
  if (build === undefined || image === undefined) throw new Error('the Dockerfile has not two stages');
  const [buildRoot, root] = [join(folder, 'build'), join(folder, 'image')];
  replay(build, ROOT, buildRoot);
  replay(image, buildRoot, root);
  return {
    root,
    app: join(root, WORKDIR),
    stage: image,
    files: () => filesIn(root),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
