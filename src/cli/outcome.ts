/** Exit codes of the command. They are part of its contract. */
export const EXIT = {
  /** Done, and nothing is wrong. */
  done: 0,
  /** A problem was found, or the thing does not exist. */
  problem: 1,
  wrongUse: 2,
  storeAway: 3,
  /** Ctrl-C, like other programs. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The result of a command, in both forms of output. */
export interface Outcome {
  /** Printed with `--json`, as one document. */
  readonly json: unknown;
  /** Printed without `--json`; lines without the last line end. */
  readonly text: string;
  /** @default EXIT.done */
  readonly exit?: ExitCode;
}
