import { parseArgs } from 'node:util';
import type { Command, Flags, Values } from './command';
import { WrongUse } from './failure';
import { nearestOf } from './nearest';

/** Options of every command. */
export const COMMON_FLAGS = {
  json: { doc: 'print one JSON document' },
  help: { doc: 'print the help of the command' },
  version: { doc: 'print the version' },
} satisfies Flags;

/** Arguments after their first reading. */
export interface ReadArguments {
  /** The words, and the argument after them. */
  readonly positionals: readonly string[];
  readonly values: Values;
}

const SHORT: Readonly<Record<string, string>> = { help: 'h', version: 'v' };

const parserOptionsOf = (flags: Flags) =>
  Object.fromEntries(
    Object.entries(flags).map(([name, { value, isRepeatable = false }]) => {
      const short = SHORT[name];
      const type = value === undefined ? ('boolean' as const) : ('string' as const);
      return [name, { type, multiple: isRepeatable, ...(short === undefined ? {} : { short }) }];
    }),
  );

/** The length from which an argument that begins with one dash is an id or a key; no short option is as long. */
const MIN_ID_LENGTH = 8;

const isId = (arg: string): boolean => arg.length >= MIN_ID_LENGTH && /^-[^-]/.test(arg);

/** Spells ids and keys that begin with a dash so that they are not read as options: `--name=-id`, or after `--`. */
const withoutLeadingDashes = (args: readonly string[], flags: Flags): readonly string[] => {
  const options: string[] = [];
  const ids: string[] = [];
  for (const [index, arg] of args.entries()) {
    const name = args[index - 1]?.slice(2) ?? '';
    if (arg === '--') return [...options, '--', ...ids, ...args.slice(index + 1)];
    if (!isId(arg)) options.push(arg);
    else if (flags[name]?.value === undefined) ids.push(arg);
    else options.splice(-1, 1, `--${name}=${arg}`);
  }
  return [...options, '--', ...ids];
};

/** Reads arguments by the options of all commands. @throws WrongUse for an unknown option, or one without its value */
export const readArguments = (args: readonly string[], flags: Flags): ReadArguments => {
  try {
    const options = parserOptionsOf(flags);
    const { positionals, values } = parseArgs({
      args: [...withoutLeadingDashes(args, flags)],
      options,
      strict: true,
      allowPositionals: true,
    });
    const texts = Object.entries(values).map(([name, value]) => [name, [value].flat().join(' ')] as const);
    return { positionals, values: Object.fromEntries(texts) };
  } catch (error) {
    const [sentence = ''] = (error as TypeError).message.split(/\. |\n/); // what parseArgs throws
    const [, unknown = ''] = /^Unknown option '--([^']*)'/.exec(sentence) ?? [];
    const meant = nearestOf(
      `--${unknown}`,
      Object.keys(flags).map((flag) => `--${flag}`),
    );
    throw new WrongUse(`${sentence}${unknown === '' ? '' : meant}`);
  }
};

const beginsWith = (positionals: readonly string[], words: readonly string[]): boolean =>
  words.every((word, index) => positionals[index] === word);

/** Returns the commands whose words begin with the given ones. */
export const commandsBelow = (commands: readonly Command[], positionals: readonly string[]): readonly Command[] =>
  commands.filter(({ words }) => beginsWith(words, positionals));

/** Finds the command that the arguments name. */
export const findCommand = (commands: readonly Command[], positionals: readonly string[]): Command | undefined =>
  commands.find(({ words }) => beginsWith(positionals, words));

/** Returns the argument after the words. No message quotes it: it may be a secret in the wrong place. */
const readArgument = ({ words, argument }: Command, positionals: readonly string[]): string => {
  const rest = positionals.slice(words.length);
  const [given] = rest;
  if (argument === undefined && given !== undefined) throw new WrongUse('The command takes no argument here');
  if (rest.length > 1) throw new WrongUse(`The command takes one argument, ${argument}`);
  if (argument !== undefined && (given === undefined || given === '')) throw new WrongUse(`${argument} is missing`);
  return given ?? '';
};

/** Checks the arguments of a command, and returns the one after its words. @throws WrongUse */
export const checkArguments = (command: Command, { positionals, values }: ReadArguments): string => {
  const known = { ...COMMON_FLAGS, ...command.flags };
  for (const [name, value] of Object.entries(values)) {
    if (!Object.hasOwn(known, name)) throw new WrongUse(`--${name} is not an option of ${command.words.join(' ')}`);
    if (value === '') throw new WrongUse(`--${name} is empty`);
  }
  return readArgument(command, positionals);
};

/** Returns the one of several options that is given. @throws WrongUse unless it is exactly one */
export const exactlyOneOf = <N extends string>(values: Values, names: readonly N[]): { name: N; value: string } => {
  const given = names.flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [{ name, value }];
  });
  const [only] = given;
  if (only === undefined || given.length > 1) {
    throw new WrongUse(`Give exactly one of ${names.map((name) => `--${name}`).join(', ')}`);
  }
  return only;
};

/** Returns an option's value. @throws WrongUse if it is not given */
export const required = (values: Values, name: string): string => {
  const value = values[name];
  if (value === undefined) throw new WrongUse(`--${name} is missing`);
  return value;
};
