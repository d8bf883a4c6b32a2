import { IntegrationFault } from '../protocol/errors';
import type { Clock, EpochSeconds } from '../protocol/time';

/** Fields of a log line that are safe to store. Never a token, a secret, a password or a driver's error object. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Logger for messages to the operator, with the `(fields, message)` signature of pino. */
export interface Logger {
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/**
 * The default logger. It drops `info` lines and emits the others as process warnings, which Node prints to stderr and
 * the host can handle with `process.on('warning')`.
 */
export const processWarnings: Logger = {
  info: () => undefined,
  warn: (fields, message) => process.emitWarning(describe(fields, message), 'ScopegateWarning'),
  error: (fields, message) => process.emitWarning(describe(fields, message), 'ScopegateError'),
};

const BURST = 20;
const WINDOW_SECONDS = 60;

/**
 * Limits each message to 20 lines a minute, so that failing requests cannot fill a disk. The first line of the next
 * window has the number of lines left out in `suppressed`. Messages are fixed texts, so the map of windows stays small.
 */
export const createRateLimitedLogger = (logger: Logger, clock: Clock): Logger => {
  const windows = new Map<string, { readonly began: EpochSeconds; lines: number }>();

  const pass = (message: string): { readonly suppressed?: number } | undefined => {
    const now = clock();
    const window = windows.get(message);
    if (window !== undefined && Math.abs(now - window.began) < WINDOW_SECONDS) {
      window.lines += 1;
      return window.lines <= BURST ? {} : undefined;
    }
    windows.set(message, { began: now, lines: 1 });
    const suppressed = (window?.lines ?? 0) - BURST;
    return suppressed > 0 ? { suppressed } : {};
  };

  const write =
    (level: keyof Logger) =>
    (fields: LogFields, message: string): void => {
      const passed = pass(message);
      if (passed === undefined) return;
      // A logger that throws or rejects must neither prevent the response to a request nor end the process.
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

// Returns the name or code of a foreign error only if it looks like one, because it could hold any text.
const word = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w.$-]{1,80}$/.test(value) ? value : undefined;

/** Returns the first stack frame after the message, because the message itself may have lines that look like frames. */
const whereThrown = ({ stack = '', message }: Error): string | undefined => {
  const start = stack.indexOf(message);
  if (start === -1) return undefined;
  const frames = stack.slice(start + message.length).split('\n');
  return frames.find((line) => /^ {4}at [^\p{C}]{1,200}$/u.test(line))?.trim();
};

/**
 * Returns what may be logged about an unexpected error: its name, its code and the first stack frame. Its message and
 * other fields may hold secrets and are never returned, except the message of an `IntegrationFault`, which is
 * scopegate's own.
 */
export const kindOfError = (thrown: unknown): LogFields => {
  try {
    if (thrown instanceof IntegrationFault) return { problem: thrown.message };
    if (!(thrown instanceof Error)) return { error: typeof thrown };
    const code: unknown = 'code' in thrown ? thrown.code : undefined;
    return { error: word(thrown.name), code: word(code), where: whereThrown(thrown) };
  } catch {
    return { error: 'unreadable' }; // a getter or a proxy threw
  }
};
