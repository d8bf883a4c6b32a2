import type { Readable } from 'node:stream';
import type { Outcome } from './outcome';

/** An option of the command line. */
export interface Flag {
  /** Name of the value in the help; absent for a switch. */
  readonly value?: string;
  /** True if it may be given several times. Its value is then all of them, separated by spaces. */
  readonly isRepeatable?: true;
  readonly doc: string;
}

export type Flags = Readonly<Record<string, Flag>>;

/** The given options by name. A switch has the value `'true'`. */
export type Values = Readonly<Record<string, string | undefined>>;

/** Inputs of one run of a command. */
export interface Run {
  readonly values: Values;
  /** The argument after the words; `''` if the command takes none. */
  readonly argument: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: Readable;
  /** Prints a sentence on standard error. */
  readonly warn: (message: string) => void;
  /** Prints a question on standard error, as it is. */
  readonly prompt: (text: string) => void;
}

/** One command, such as `tokens revoke`. */
export interface Command {
  readonly words: readonly string[];
  /** Name of the argument in the help; absent if there is none. */
  readonly argument?: string;
  /** One sentence for the help. */
  readonly summary: string;
  /** Further lines of the help. */
  readonly notes?: readonly string[];
  readonly flags: Flags;
  readonly run: (run: Run) => Promise<Outcome>;
}
