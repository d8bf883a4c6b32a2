import { spawn } from 'node:child_process';
import { commandLine } from './command';
import { until } from '../time/waiting';

/** A command that runs at a terminal of its own. */
export interface TypedCommand {
  /** Everything that the terminal has shown so far. */
  readonly shown: () => string;
  /** Waits until the terminal shows a text, and then types. */
  readonly typeAfter: (text: string, keys: string) => Promise<void>;
  /** Resolves when the terminal has closed. */
  readonly closed: Promise<void>;
}

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * Runs `scopegate` at a pseudo-terminal, which `script` of util-linux opens. After the command, the terminal shows its
 * exit code as `exit=0`, and its settings as `stty` prints them.
 */
export const typedCommand = (args: readonly string[]): TypedCommand => {
  const words = [...commandLine(args)].map(quote).join(' ');
  const child = spawn('script', ['-qec', `${words}; echo exit=$?; stty -a`, '/dev/null']);
  let text = '';
  const keep = (chunk: Buffer): void => {
    text += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const closed = new Promise<void>((resolve, reject) => {
    child.once('error', (error) =>
      reject(new Error('The tests need the program script of util-linux', { cause: error })),
    );
    child.once('close', () => resolve());
  });
  return {
    shown: () => text,
    typeAfter: async (shown, keys) => {
      await Promise.race([until(() => text.includes(shown)), closed]);
      expect(text).toContain(shown);
      child.stdin.write(keys);
    },
    closed,
  };
};
