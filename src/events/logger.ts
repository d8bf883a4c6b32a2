import { IntegrationFault } from '../protocol/errors';
import type { Clock, EpochSeconds } from '../protocol/time';

/** Fields of a log line: facts that are safe to keep. Never a token, a secret, a password or a driver's error object. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where scopegate writes what an operator should know: the `(fields, message)` shape of pino. */
export interface Logger {
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/**
 * Used where no logger is given: information is dropped, the rest becomes a process warning, which Node prints to
 * stderr and a host can listen to.
 */
export const processWarnings: Logger = {
  info: () => undefined,
  warn: (fields, message) => process.emitWarning(describe(fields, message), 'ScopegateWarning'),
  error: (fields, message) => process.emitWarning(describe(fields, message), 'ScopegateError'),
};

const BURST = 20;
const WINDOW_SECONDS = 60;

/**
 * Passes on the first lines of each message in a minute and tells later how many it held back, so that nobody outside
 * can fill a disk by failing requests. Messages are fixed texts, so there are few of them.
 */
export const sparing = (logger: Logger, clock: Clock): Logger => {
  const windows = new Map<string, { readonly began: EpochSeconds; lines: number }>();

  const pass = (message: string): { readonly heldBack?: number } | undefined => {
    const now = clock();
    const window = windows.get(message);
    if (window !== undefined && Math.abs(now - window.began) < WINDOW_SECONDS) {
      window.lines += 1;
      return window.lines <= BURST ? {} : undefined;
    }
    windows.set(message, { began: now, lines: 1 });
    const heldBack = (window?.lines ?? 0) - BURST;
    return heldBack > 0 ? { heldBack } : {};
  };

  const write =
    (level: keyof Logger) =>
    (fields: LogFields, message: string): void => {
      const passed = pass(message);
      if (passed === undefined) return;
      // A logger that throws or rejects must not keep a request from being answered, and not end the process.
      const written = new Promise<unknown>((resolve) => {
        resolve(logger[level]({ ...fields, ...passed }, message));
      });
      written.catch(() => undefined);
    };
  return { info: write('info'), warn: write('warn'), error: write('error') };
};

const describe = (fields: LogFields, message: string): string => {
  const facts = Object.entries(fields).filter(([, value]) => value !== undefined);
  return facts.length === 0 ? message : `${message} ${JSON.stringify(Object.fromEntries(facts))}`;
};

// A name or a code word of somebody else's error, as long as it looks like one.
const word = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w.$-]{1,80}$/.test(value) ? value : undefined;

/** The first frame behind the message: a message may hold lines that look like frames, and anything else. */
const whereThrown = ({ stack = '', message }: Error): string | undefined => {
  const start = stack.indexOf(message);
  if (start === -1) return undefined;
  const frames = stack.slice(start + message.length).split('\n');
  return frames.find((line) => /^ {4}at [^\p{C}]{1,200}$/u.test(line))?.trim();
};

/**
 * Returns the fields of an unexpected error that may be logged: its kind, its code word and its place, never its message or its fields, unless the
 * message is scopegate's own.
 */
export const kindOfError = (thrown: unknown): LogFields => {
  try {
    if (thrown instanceof IntegrationFault) return { problem: thrown.message };
    if (!(thrown instanceof Error)) return { error: typeof thrown };
    const code: unknown = 'code' in thrown ? thrown.code : undefined;
    return { error: word(thrown.name), code: word(code), where: whereThrown(thrown) };
  } catch {
    return { error: 'unreadable' }; // a getter or a proxy throws
  }
};
