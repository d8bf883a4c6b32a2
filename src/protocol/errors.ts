import type { DirectoryProblem, RequestProblem } from './problems';
import { storeReasonOf, type UnavailableReason } from './unavailability';

/**
 * Error codes of responses: RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1, RFC 8707 §2, and four of OpenID Connect Core
 * §3.1.2.6 for requests with `prompt=none`, `request` and `request_uri`.
 */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unsupported_response_type'
  | 'access_denied'
  | 'login_required'
  | 'consent_required'
  | 'request_not_supported'
  | 'request_uri_not_supported'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'server_error'
  | 'temporarily_unavailable';

/** Codes of errors for the integrator or the operator, never sent to clients. */
export type ScopegateErrorCode =
  /** An option, or argument of a call that creates a guard, is missing, unknown, of the wrong type or out of range. */
  | 'ERR_SCOPEGATE_OPTION'
  /** Declared records are read-only at run time. */
  | 'ERR_SCOPEGATE_DECLARED'
  /** A record with that name already exists. */
  | 'ERR_SCOPEGATE_EXISTS'
  /** The record does not exist. */
  | 'ERR_SCOPEGATE_NOT_FOUND'
  /** A value passed to a management call is not valid. */
  | 'ERR_SCOPEGATE_VALUE'
  /** A limit of the option `limits` is reached. */
  | 'ERR_SCOPEGATE_LIMIT'
  /** `gate.auth(req)` was called on a route that no guard protects. */
  | 'ERR_SCOPEGATE_UNGUARDED'
  /** The store did not answer in time, or answered with an error. */
  | 'ERR_SCOPEGATE_STORE_UNAVAILABLE';

const statusOf: Record<OAuthErrorCode, number> = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  invalid_target: 400,
  unsupported_response_type: 400,
  access_denied: 403,
  login_required: 400,
  consent_required: 400,
  request_not_supported: 400,
  request_uri_not_supported: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  server_error: 500,
  temporarily_unavailable: 503,
};

/** Ends a message with the section of the documentation that describes the code. */
const withLink = (message: string, code: ScopegateErrorCode): string =>
  `${message}\nSee docs/errors.md#${code.toLowerCase()}`;

/** Base class of the errors that scopegate throws on purpose. `code` is stable; `message` may change. */
export abstract class ScopegateError extends Error {
  abstract readonly code: OAuthErrorCode | ScopegateErrorCode;
}

export interface OAuthErrorOptions {
  /** HTTP status, if it differs from the default status of the code. */
  readonly status?: number;
  /** Header fields of the response, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The reason in events, metrics and logs: one of a few fixed words. Never sent to a client. @default the code */
  readonly reason?: UnavailableReason;
  /** The reason, for a page in another language. @default the page says nothing but what the status says */
  readonly problem?: RequestProblem;
  /** The internal reason. Never sent to a client. */
  readonly cause?: unknown;
}

/**
 * An error response. The message is sent to the client: it contains only characters that RFC 6749 §5.2 allows, and
 * nothing from the request. The reason for the operator is in `cause`.
 */
export class OAuthError extends ScopegateError {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The reason in events, metrics and logs. Never sent to a client. */
  readonly reason: OAuthErrorCode | UnavailableReason;
  /** The reason, for a page in another language. */
  readonly problem: RequestProblem | undefined;

  constructor(code: OAuthErrorCode, description: string, options: OAuthErrorOptions = {}) {
    super(description, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.status = options.status ?? statusOf[code];
    this.headers = options.headers ?? {};
    this.reason = options.reason ?? code;
    this.problem = options.problem;
  }
}

/** One fault in the options, or in the arguments of a call. */
export interface OptionFault {
  /** Names and list indexes, outermost first, such as `['applications', 0, 'name']`; empty for the whole value. */
  readonly path: readonly (string | number)[];
  /** The fault and its cure, as the rest of a sentence that begins with the name at `path`. */
  readonly problem: string;
}

const MAX_STEP_PRINTED = 100;

/** Formats a path as in JavaScript: `applications[0].name`. */
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
  return `${head}${printFaults(faults, 'options')}`;
};

/** Formats the message about a call with invalid arguments. */
export const callMessage = (call: string, faults: readonly OptionFault[]): string =>
  faults.length === 1
    ? `${call}(): ${printFaults(faults, '').trimStart()}`
    : `${call}(): ${faults.length} faults:${printFaults(faults, '')}`;

/** Thrown by `scopegate()` and by calls that create a guard. Lists each invalid option or argument with its cure. */
export class ConfigurationError extends ScopegateError {
  override readonly name = 'ConfigurationError';
  readonly code = 'ERR_SCOPEGATE_OPTION';
  readonly faults: readonly OptionFault[];

  constructor(faults: readonly OptionFault[], message = optionsMessage(faults)) {
    super(withLink(message, 'ERR_SCOPEGATE_OPTION'));
    this.faults = faults;
  }
}

/** Runs a call of the gate. An error about its arguments names the call in its message. */
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
  | 'ERR_SCOPEGATE_DECLARED'
  | 'ERR_SCOPEGATE_EXISTS'
  | 'ERR_SCOPEGATE_LIMIT'
  | 'ERR_SCOPEGATE_NOT_FOUND'
  | 'ERR_SCOPEGATE_VALUE'
>;

/** Thrown by management calls, for a fault of the call and not of a request. */
export class DirectoryError extends ScopegateError {
  override readonly name = 'DirectoryError';
  readonly code: DirectoryErrorCode;
  /** The reason, for a page in another language. Absent if the form of a page cannot cause the error. */
  readonly problem: DirectoryProblem | undefined;

  constructor(code: DirectoryErrorCode, message: string, problem?: DirectoryProblem) {
    super(`${code}: ${message}`);
    this.code = code;
    this.problem = problem;
  }
}

/** Thrown by `gate.auth(req)` if no guard ran. */
export class UnguardedError extends ScopegateError {
  override readonly name = 'UnguardedError';
  readonly code = 'ERR_SCOPEGATE_UNGUARDED';

  constructor(message: string) {
    super(withLink(message, 'ERR_SCOPEGATE_UNGUARDED'));
  }
}

/**
 * The store could not be reached, or failed. An absent record is never this error.
 * `reason` is one word that is safe to log; the driver's error object contains command arguments and is not kept.
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
 * A function that the integrator passed in misbehaved. The message is scopegate's own and contains no values, so it is
 * safe to log. Not exported from the package, so that no other code can create one.
 */
export class IntegrationFault extends Error {
  override readonly name = 'IntegrationFault';
}

/** Creates a 503 with `Retry-After`, sent when the server currently cannot decide. */
export const temporarilyUnavailable = (reason: UnavailableReason, cause: unknown): OAuthError =>
  new OAuthError('temporarily_unavailable', 'The service cannot answer at the moment. Try again shortly.', {
    headers: { 'Retry-After': '1' },
    reason,
    cause,
  });

/** Like `instanceof`, but returns false for a proxy whose traps throw. */
export const isA = <T>(value: unknown, type: abstract new (...args: never[]) => T): value is T => {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
};

/** Converts any thrown value to an Error: a callback would take a thrown `undefined` for success. */
export const asError = (thrown: unknown): Error =>
  isA(thrown, Error) ? thrown : new Error('a value that is not an Error was thrown');

/** Converts any thrown value to an error that may be sent. Only the message of an OAuthError is passed on. */
export const asOAuthError = (thrown: unknown): OAuthError => {
  if (isA(thrown, OAuthError)) return thrown;
  if (isA(thrown, StoreUnavailableError)) return temporarilyUnavailable(storeReasonOf(thrown.reason), thrown);
  return new OAuthError('server_error', 'The server met an unexpected condition.', { cause: thrown });
};
