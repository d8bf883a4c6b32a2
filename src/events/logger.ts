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

const describe = (fields: LogFields, message: string): string => {
  const facts = Object.entries(fields).filter(([, value]) => value !== undefined);
  return facts.length === 0 ? message : `${message} ${JSON.stringify(Object.fromEntries(facts))}`;
};

/** What may be told of an unexpected error: its kind and its code word, never its message or its fields. */
export const kindOfError = (thrown: unknown): LogFields => {
  if (!(thrown instanceof Error)) return { error: typeof thrown };
  const code: unknown = 'code' in thrown ? thrown.code : undefined;
  const where = thrown.stack
    ?.split('\n')
    .find((line) => line.trimStart().startsWith('at '))
    ?.trim();
  return { error: thrown.name, code: typeof code === 'string' ? code : undefined, where };
};
