import type { Readable, Writable } from 'node:stream';
import { checkArguments, commandsBelow, COMMON_FLAGS, findCommand, readArguments } from './arguments';
import type { Command, Flags } from './command';
import { failureOf, WrongUse } from './failure';
import { helpOfCommand, helpOfCommands } from './help';
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
    throw new WrongUse(positionals.length === 0 ? 'A command is missing' : 'Unknown command');
  }
  const warn = (message: string): void => void errors.write(`${message}\n`);
  return command.run({ values, argument: checkArguments(command, read), environment, input, warn });
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
    output.write(`${isJson ? JSON.stringify(json, null, 2) : text}\n`);
    return exit;
  } catch (thrown) {
    const { exit, code, message } = failureOf(thrown);
    if (isJson) output.write(`${JSON.stringify({ error: { code, message } }, null, 2)}\n`);
    errors.write(`${message}\n${exit === EXIT.wrongUse ? `${HINT}\n` : ''}`);
    return exit;
  }
};
