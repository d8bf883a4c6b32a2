import { ConfigurationError, DirectoryError, OAuthError, StoreUnavailableError } from '../protocol/errors';
import { cureOf } from '../stores/redis/reasons';
import { EXIT, type ExitCode } from './outcome';

/** The command was called in a way that it does not offer. The message quotes no argument that could be a secret. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

/** A problem was found, or the thing does not exist. */
export class Problem extends Error {
  override readonly name = 'Problem';
}

/** Ctrl-C was typed while a secret was being read. Nothing was done. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The file of `--options` cannot be used, with one line for each fault. */
export class OptionsFault extends Error {
  override readonly name = 'OptionsFault';
}

/** A failure, in the form in which the command prints it. */
export interface Failure {
  readonly exit: ExitCode;
  /** One word, for programs. */
  readonly code: string;
  /** The sentence for people. */
  readonly message: string;
}

/** Cures that name options of the command. For other reasons, those of a gate apply. */
const CURES: Readonly<Record<string, string>> = {
  WRONGPASS: 'Check --redis-user and --redis-password-file, or the credentials in the address',
  NOAUTH: 'Redis requires a password: give it with --redis-password-file, or in REDIS_URL',
  NOPERM: 'scopegate doctor names the permissions that the Redis user lacks',
  DENIED: 'Redis runs in protected mode: set a password in Redis, or bind it to an address that this machine may use',
  READONLY: 'The server is a replica: use the address of the primary, or --sentinels',
  MASTERDOWN: 'The replica has lost its primary: use the address of the primary, or --sentinels',
};

const UNTRUSTED = 'The certificate of Redis is not trusted: give that of its authority with --ca, or with redis.tls.ca';

/** Cures for failures of TLS, by the codes of Node. */
const TLS_CURES: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_HAS_EXPIRED: 'The certificate of Redis has expired: renew it',
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate of Redis is for another host: use the name that it contains',
  ERR_SSL_WRONG_VERSION_NUMBER: 'The server does not use TLS at this port: use redis://, or leave out --tls',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'Redis requires a client certificate: --cert and --cert-key',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'Redis does not trust the client certificate: use one of its authority',
  EPROTO: 'The server does not use TLS at this port, or no version that Node accepts',
  ECONNRESET: 'If the server uses TLS, use rediss://, or add --tls',
  disconnected:
    'Check the address, and with Sentinels the name of the primary. If the server uses TLS, use rediss://, or --tls',
};

const ofStore = ({ reason }: StoreUnavailableError): Failure => {
  const cure = CURES[reason] ?? TLS_CURES[reason] ?? cureOf({ word: reason, source: 'reply' });
  const message = `Redis is away, or refuses a command (${reason})${cure === undefined ? '' : `. ${cure}`}`;
  return { exit: EXIT.storeAway, code: 'store_unavailable', message };
};

const messagesOf = (error: Error): string =>
  'messages' in error && Array.isArray(error.messages) ? error.messages.join('\n') : error.message;

/** Describes what a command threw. The message of an unknown error is left out, because it could hold a secret. */
export const failureOf = (thrown: unknown): Failure => {
  if (thrown instanceof WrongUse) return { exit: EXIT.wrongUse, code: 'wrong_use', message: thrown.message };
  if (thrown instanceof Problem) return { exit: EXIT.problem, code: 'problem', message: thrown.message };
  if (thrown instanceof Interrupted)
    return { exit: EXIT.interrupted, code: 'interrupted', message: 'Nothing was done' };
  if (thrown instanceof OptionsFault) return { exit: EXIT.problem, code: 'options_file', message: thrown.message };
  if (thrown instanceof StoreUnavailableError) return ofStore(thrown);
  if (thrown instanceof DirectoryError) {
    const message = thrown.message.slice(`${thrown.code}: `.length);
    return { exit: EXIT.problem, code: thrown.code, message };
  }
  if (thrown instanceof ConfigurationError) {
    return { exit: EXIT.wrongUse, code: thrown.code, message: thrown.message };
  }
  if (thrown instanceof OAuthError) return { exit: EXIT.storeAway, code: thrown.code, message: thrown.message };
  // The faults of a gateway file: the class is in another package.
  if (thrown instanceof Error && thrown.name === 'StartError') {
    return { exit: EXIT.problem, code: 'gateway_file', message: messagesOf(thrown) };
  }
  // The faults of a source of an import, likewise.
  if (thrown instanceof Error && thrown.name === 'ImportError') {
    return { exit: EXIT.problem, code: 'import', message: messagesOf(thrown) };
  }
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  return { exit: EXIT.problem, code: 'failed', message: `The command failed unexpectedly (${kind})` };
};
