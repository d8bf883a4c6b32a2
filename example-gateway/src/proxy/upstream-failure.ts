import { errors } from 'undici';
import { errorCode } from '../error-code';

/** The gateway's own reasons why it gave up a request to an upstream, for the log and the metrics. */
export const REASONS = {
  notConnected: 'not connected in time',
  silent: 'silent for too long',
  closed: 'closed without a response',
  notHttp: 'sent something other than HTTP',
  tooManyWait: 'too many requests wait for a connection',
  invalidHeaders: 'responded with headers that HTTP does not allow',
  badHandshake: 'accepted a WebSocket handshake with the wrong headers',
} as const;

/** Kinds of failures of an upstream, as label values of metrics. */
export const FAILURE_KINDS = ['connect', 'timeout', 'closed', 'tls', 'invalid', 'other'] as const;

export type FailureKind = (typeof FAILURE_KINDS)[number];

const KINDS: ReadonlyMap<string, FailureKind> = new Map([
  [REASONS.notConnected, 'timeout'],
  [REASONS.silent, 'timeout'],
  [REASONS.closed, 'closed'],
  [REASONS.invalidHeaders, 'invalid'],
  [REASONS.notHttp, 'invalid'],
  [REASONS.tooManyWait, 'connect'],
  ['UND_ERR_SOCKET', 'closed'],
  ['UND_ERR_HEADERS_OVERFLOW', 'invalid'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'invalid'],
  [REASONS.badHandshake, 'invalid'],
  ['ECONNREFUSED', 'connect'],
  ['EHOSTUNREACH', 'connect'],
  ['ENETUNREACH', 'connect'],
  ['ENOTFOUND', 'connect'],
  ['EAI_AGAIN', 'connect'],
  ['ETIMEDOUT', 'timeout'],
  ['ECONNRESET', 'closed'],
  ['EPIPE', 'closed'],
]);

/** Beginnings of the codes that Node gives to faults of TLS and to responses that are not HTTP. */
const PREFIXES: readonly (readonly [start: string, kind: FailureKind])[] = [
  ['HPE_', 'invalid'],
  ['ERR_TLS', 'tls'],
  ['ERR_SSL', 'tls'],
  ['CERT_', 'tls'],
  ['UNABLE_TO_', 'tls'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
  ['SELF_SIGNED_CERT', 'tls'],
];

/** Checks for an error in the syntax of a response. Undici finds some of them by assertions, such as a status below 100. */
const isSyntaxError = (error: Error): boolean =>
  error instanceof errors.HTTPParserError || errorCode(error) === 'ERR_ASSERTION';

/** Returns the reason of an error of undici or Node, for the log. The message could contain bytes of the response. */
export const reasonOfError = (error: Error): string => (isSyntaxError(error) ? REASONS.notHttp : errorCode(error));

/** Checks whether undici refused to send a request, so that the error says nothing about the server. */
export const isRefusedRequest = (error: Error): boolean => error instanceof errors.InvalidArgumentError;

/** Returns the kind of a failure. @param reason a value of `REASONS`, or the code of an error of Node */
export const kindOfFailure = (reason: string): FailureKind =>
  KINDS.get(reason) ?? PREFIXES.find(([start]) => reason.startsWith(start))?.[1] ?? 'other';
