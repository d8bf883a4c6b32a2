import { cpSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { ROOT } from '../../support/checkout/checkout';

/** An instruction of a Dockerfile, such as `COPY` with `--from=build /app/dist dist`. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** A stage of a Dockerfile: its instructions after `FROM`. */
export interface Stage {
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

/** Reads the stages of a Dockerfile. Instructions of one line only. */
export const stagesOf = (file: string): readonly Stage[] => {
  const instructions = readFileSync(join(ROOT, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): Instruction => {
      const [, name = '', text = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
      if (name === '') throw new Error(`${file} has a line that is no instruction: ${line}`);
      return { name, text };
    });
  const stages: { base: string; instructions: Instruction[] }[] = [];
  for (const instruction of instructions) {
    if (instruction.name === 'FROM') stages.push({ base: instruction.text, instructions: [] });
    else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
};

/** The arguments of an instruction in exec form, which runs without a shell. @throws for the shell form */
export const execFormOf = (text: string): readonly string[] => JSON.parse(text) as string[];

/** The rules of .dockerignore, in their order. */
const rules = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ isExcluded: !line.startsWith('!'), pattern: line.replace('!', '') }));

/** Checks whether `.dockerignore` keeps a file from the builder: the last rule that matches it or a folder above. */
const isIgnored = (file: string): boolean => {
  const isOf = (pattern: string): boolean => pattern === '*' || file === pattern || file.startsWith(`${pattern}/`);
  // A folder above an included file is not excluded itself.
  const isRuleOf = ({ isExcluded, pattern }: (typeof rules)[number]): boolean =>
    isOf(pattern) || (!isExcluded && pattern.startsWith(`${file}/`));
  return rules.findLast(isRuleOf)?.isExcluded === true;
};

/** A folder for a stage's root, and the folder of the context or of the stage from which `COPY` copies. */
interface Places {
  readonly context: string;
  readonly root: string;
  /** The folder of `WORKDIR`. */
  readonly workdir: string;
}

/** Does what a `COPY` says. Without `--from` the files that `.dockerignore` excludes do not exist. */
export const copy = (text: string, { context, root, workdir }: Places): void => {
  const words = text.split(' ');
  const isFromStage = words[0]?.startsWith('--from=') === true;
  const paths = isFromStage ? words.slice(1) : words;
  const target = paths.at(-1) ?? '';
  for (const source of paths.slice(0, -1)) {
    const from = join(context, source);
    const isFolder = statSync(from).isDirectory();
    const place = join(root, workdir, target, target.endsWith('/') && !isFolder ? source : '');
    mkdirSync(dirname(place), { recursive: true });
    const filter = (path: string): boolean => {
      const name = relative(context, path).split(sep).join('/');
      return isFromStage || !isIgnored(name);
    };
    if (!filter(from)) throw new Error(`.dockerignore excludes ${source}, which is copied`);
    cpSync(from, place, { recursive: true, filter, verbatimSymlinks: true });
  }
};
