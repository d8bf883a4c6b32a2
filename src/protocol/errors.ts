/** Error codes of the wire: RFC 6749 §5.2, RFC 6750 §3.1, and two of RFC 6749 §4.1.2.1 for a server in trouble. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'server_error'
  | 'temporarily_unavailable';

/** Codes of faults that only the integrator or the operator sees. */
export type ScopegateErrorCode =
  /** An option, or an argument of a call that makes a guard, is missing, unknown, of the wrong type or out of range. */
  | 'ERR_SCOPEGATE_OPTION'
  /** Declared records are read-only at run time. */
  | 'ERR_SCOPEGATE_DECLARED'
  /** A record of that name exists already. */
  | 'ERR_SCOPEGATE_EXISTS'
  /** There is no such record. */
  | 'ERR_SCOPEGATE_NOT_FOUND'
  /** A value given to a management call breaks its rule. */
  | 'ERR_SCOPEGATE_VALUE'
  /** `gate.auth(req)` was called on a route that no guard protects. */
  | 'ERR_SCOPEGATE_UNGUARDED'
  /** The store did not answer in time, or answered with a failure. */
  | 'ERR_SCOPEGATE_STORE_UNAVAILABLE';

const statusOf: Record<OAuthErrorCode, number> = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  server_error: 500,
  temporarily_unavailable: 503,
};

/** Every error that scopegate throws on purpose. `code` is stable; `message` may be reworded. */
export abstract class ScopegateError extends Error {
  abstract readonly code: OAuthErrorCode | ScopegateErrorCode;
}

export interface OAuthErrorOptions {
  /** HTTP status, where it is not the one of the code's table. */
  readonly status?: number;
  /** Header fields that belong to the answer, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The private reason. It is never sent. */
  readonly cause?: unknown;
}

/**
 * A refusal as a client sees it. The message is public: characters of RFC 6749 §5.2 only, nothing of the request in it.
 * The reason that only the operator may see is in `cause`.
 */
export class OAuthError extends ScopegateError {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: OAuthErrorCode, description: string, options: OAuthErrorOptions = {}) {
    super(description, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.status = options.status ?? statusOf[code];
    this.headers = options.headers ?? {};
  }
}

/** One thing that is wrong with the options, or with the arguments of a call. */
export interface OptionFault {
  /** Where it is: names and list positions from the outside in, such as `['applications', 0, 'name']`; empty for the whole. */
  readonly path: readonly (string | number)[];
  /** The fault and its cure, as the end of a sentence that begins with the name at `path`. */
  readonly problem: string;
}

const MAX_STEP_PRINTED = 100;

/** A path as a reader would write it: `applications[0].name`. */
export const printPath = (path: OptionFault['path']): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const name = step.length > MAX_STEP_PRINTED ? `${step.slice(0, MAX_STEP_PRINTED)}…` : step;
    return text === '' ? name : `${text}.${name}`;
  }, '');

const MAX_FAULTS_PRINTED = 100;

const printFaults = (faults: readonly OptionFault[], root: string): string => {
  const lines = faults
    .slice(0, MAX_FAULTS_PRINTED)
    .map(({ path, problem }) => [printPath(path) || root, problem].filter((part) => part !== '').join(': '));
  const rest = faults.length - lines.length;
  return [...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].map((line) => `\n  ${line}`).join('');
};

const optionsMessage = (faults: readonly OptionFault[]): string => {
  const head = faults.length === 1 ? '1 option is wrong:' : `${faults.length} options are wrong:`;
  return `${head}${printFaults(faults, 'options')}\nSee docs/errors.md#err_scopegate_option`;
};

/** Faults as the message of a call that was given wrong arguments. */
export const callMessage = (call: string, faults: readonly OptionFault[]): string =>
  faults.length === 1
    ? `${call}(): ${printFaults(faults, '').trimStart()}`
    : `${call}(): ${faults.length} faults:${printFaults(faults, '')}`;

/** Thrown by `scopegate()` and by calls that make a guard: each option or argument at fault, what is wrong, the cure. */
export class ConfigurationError extends ScopegateError {
  override readonly name = 'ConfigurationError';
  readonly code = 'ERR_SCOPEGATE_OPTION';
  readonly faults: readonly OptionFault[];

  constructor(faults: readonly OptionFault[], message = optionsMessage(faults)) {
    super(message);
    this.faults = faults;
  }
}

/** Runs a call of the gate, and names it in the message about its arguments. */
export const inCall = <T>(call: string, act: () => T): T => {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(error.faults, callMessage(call, error.faults));
  }
};

type DirectoryErrorCode = Extract<
  ScopegateErrorCode,
  'ERR_SCOPEGATE_DECLARED' | 'ERR_SCOPEGATE_EXISTS' | 'ERR_SCOPEGATE_NOT_FOUND' | 'ERR_SCOPEGATE_VALUE'
>;

/** Thrown by management calls: a fault of the call, not of a request. */
export class DirectoryError extends ScopegateError {
  override readonly name = 'DirectoryError';
  readonly code: DirectoryErrorCode;

  constructor(code: DirectoryErrorCode, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** Thrown by `gate.auth(req)` where no guard ran. */
export class UnguardedError extends ScopegateError {
  override readonly name = 'UnguardedError';
  readonly code = 'ERR_SCOPEGATE_UNGUARDED';
}

/**
 * The store could not be asked, or failed. Not finding something is never this error.
 * `reason` is one word that is safe to log; a driver's own error object carries command arguments and is not kept.
 */
export class StoreUnavailableError extends ScopegateError {
  override readonly name = 'StoreUnavailableError';
  readonly code = 'ERR_SCOPEGATE_STORE_UNAVAILABLE';
  readonly reason: string;

  constructor(reason: string) {
    super(`the store is unavailable (${reason})`);
    this.reason = reason;
  }
}

/**
 * Something that the integrator passed in did wrong, in words of scopegate's own that hold no value: safe to log. It is not
 * exported from the package, so that no other code can make one.
 */
export class IntegrationFault extends Error {
  override readonly name = 'IntegrationFault';
}

/** 503 with `Retry-After`: what a client hears when the server cannot decide at the moment. */
export const temporarilyUnavailable = (cause: unknown): OAuthError =>
  new OAuthError('temporarily_unavailable', 'The service cannot answer at the moment. Try again shortly.', {
    headers: { 'Retry-After': '1' },
    cause,
  });

/** Checks whether something is of a class, also for a proxy that throws when it is looked at: that is of none. */
export const isA = <T>(value: unknown, type: abstract new (...args: never[]) => T): value is T => {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
};

/** An error in any case: what is thrown may be `undefined`, and callbacks take that for a success. */
export const asError = (thrown: unknown): Error =>
  isA(thrown, Error) ? thrown : new Error('something was thrown that is no error');

/** Turns whatever was thrown into what a client may hear. Nothing but an OAuthError's own words gets through. */
export const asOAuthError = (thrown: unknown): OAuthError => {
  if (isA(thrown, OAuthError)) return thrown;
  if (isA(thrown, StoreUnavailableError)) return temporarilyUnavailable(thrown);
  return new OAuthError('server_error', 'The server met an unexpected condition.', { cause: thrown });
};
