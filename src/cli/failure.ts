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

const ofStore = ({ reason }: StoreUnavailableError): Failure => {
  const cure = Object.hasOwn(CURES, reason) ? CURES[reason] : cureOf({ word: reason, source: 'reply' });
  const message = `Redis is away, or refuses a command (${reason})${cure === undefined ? '' : `. ${cure}`}`;
  return { exit: EXIT.storeAway, code: 'store_unavailable', message };
};

const messagesOf = (error: Error): string =>
  'messages' in error && Array.isArray(error.messages) ? error.messages.join('\n') : error.message;

/** Describes what a command threw. The message of an unknown error is left out, because it could hold a secret. */
export const failureOf = (thrown: unknown): Failure => {
  if (thrown instanceof WrongUse) return { exit: EXIT.wrongUse, code: 'wrong_use', message: thrown.message };
  if (thrown instanceof Problem) return { exit: EXIT.problem, code: 'problem', message: thrown.message };
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
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  return { exit: EXIT.problem, code: 'failed', message: `The command failed unexpectedly (${kind})` };
};
