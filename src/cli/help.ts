import { COMMON_FLAGS } from './arguments';
import type { Command, Flags } from './command';

const printFlag = (name: string, value: string | undefined): string =>
  value === undefined ? `--${name}` : `--${name} ${value}`;

const printFlags = (flags: Flags): string => {
  const rows = Object.entries(flags).map(([name, { value, doc }]) => [printFlag(name, value), doc] as const);
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, doc]) => `  ${left.padEnd(width)}  ${doc}`).join('\n');
};

const printName = ({ words, argument }: Command): string =>
  [...words, ...(argument === undefined ? [] : [argument])].join(' ');

const EXIT_CODES = `Exit codes: 0 done and nothing wrong, 1 a problem was found or the thing does not exist, 2 wrong use,
3 the store is away.`;

/** The help of the whole command, or of the commands that begin with the same word. */
export const helpOfCommands = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map((command) => printName(command).length));
  const rows = commands.map((command) => `  ${printName(command).padEnd(width)}  ${command.summary}`);
  return `usage: scopegate <command> [options]

${rows.join('\n')}

The help of a command: scopegate <command> --help

${EXIT_CODES}
`;
};

/** The help of one command. */
export const helpOfCommand = (command: Command): string => {
  const notes = command.notes === undefined ? '' : `\n${command.notes.join('\n')}\n`;
  return `usage: scopegate ${printName(command)} [options]

${command.summary}
${notes}
${printFlags({ ...command.flags, ...COMMON_FLAGS })}

${EXIT_CODES}
`;
};
