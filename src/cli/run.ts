import type { Readable, Writable } from 'node:stream';
import { checkArguments, commandsBelow, COMMON_FLAGS, findCommand, readArguments } from './arguments';
import type { Command, Flags } from './command';
import { failureOf, WrongUse } from './failure';
import { nearestOf } from './nearest';
import { helpOfCommand, helpOfCommands } from './help';
import { printJson } from './printed-json';
import { EXIT, type ExitCode, type Outcome } from './outcome';

/** The surroundings of a process. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
  readonly version: string;
}

const allFlags = (commands: readonly Command[]): Flags =>
  Object.assign({}, COMMON_FLAGS, ...commands.map(({ flags }) => flags)) as Flags;

const textOutcome = (text: string): Outcome => ({ json: text.trimEnd(), text: text.trimEnd() });

const HINT = 'See scopegate --help';

/** Describes words that are no command. They are not quoted, because they may hold a secret in the wrong place. */
const describeUnknown = (commands: readonly Command[], positionals: readonly string[]): string => {
  if (positionals.length === 0) return 'A command is missing';
  const [first] = positionals;
  const known = commands.map(({ words }) => words.join(' '));
  const actions = commands.filter(({ words }) => words.length > 1 && words[0] === first).map(({ words }) => words[1]);
  if (positionals.length === 1 && actions.length > 0) return `The action is missing: ${actions.join(', ')}`;
  const longest = nearestOf(positionals.slice(0, 2).join(' '), known);
  return `Unknown command${longest === '' ? nearestOf(first ?? '', known) : longest}`;
};

const runCommand = async (
  commands: readonly Command[],
  args: readonly string[],
  { environment, input, errors, version }: Surroundings,
): Promise<Outcome> => {
  const read = readArguments(args, allFlags(commands));
  const { positionals, values } = read;
  if (values['version'] !== undefined) return textOutcome(`scopegate ${version}`);
  const command = findCommand(commands, positionals);
  if (values['help'] !== undefined) {
    const below = commandsBelow(commands, positionals);
    return textOutcome(
      command === undefined ? helpOfCommands(below.length > 0 ? below : commands) : helpOfCommand(command),
    );
  }
  if (command === undefined) {
    throw new WrongUse(describeUnknown(commands, positionals));
  }
  const prompt = (text: string): void => void errors.write(text);
  const warn = (message: string): void => prompt(`${message}\n`);
  return command.run({ values, argument: checkArguments(command, read), environment, input, warn, prompt });
};

/**
 * Runs the command that the arguments name, and prints its result, or why it failed.
 * @returns the exit code
 */
export const run = async (
  commands: readonly Command[],
  args: readonly string[],
  surroundings: Surroundings,
): Promise<ExitCode> => {
  const { output, errors } = surroundings;
  const isJson = args.includes('--json');
  try {
    const { json, text, exit = EXIT.done } = await runCommand(commands, args, surroundings);
    output.write(`${isJson ? printJson(json) : text}\n`);
    return exit;
  } catch (thrown) {
    const { exit, code, message } = failureOf(thrown);
    if (isJson) output.write(`${printJson({ error: { code, message } })}\n`);
    errors.write(`${message}\n${exit === EXIT.wrongUse ? `${HINT}\n` : ''}`);
    return exit;
  }
};
