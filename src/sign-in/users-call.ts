import { kindOfError, type Logger } from '../events/logger';
import { IntegrationFault, temporarilyUnavailable } from '../protocol/errors';
import type { Milliseconds } from '../protocol/time';
import type { UnavailableReason } from '../protocol/unavailability';

export interface UsersCallSettings {
  readonly usersDeadline: Milliseconds;
  readonly logger: Logger;
}

/** A call of an external source of users. */
export interface UsersCall<T> {
  /** The name of the function, for messages. */
  readonly name: string;
  /** Message of the log line after a failure. @default that of a `users` function */
  readonly failure?: string;
  readonly call: () => unknown;
  /** Checks the result. @throws IntegrationFault */
  readonly read: (result: unknown) => T;
}

/**
 * Calls an external source of users, and waits until the deadline for its result.
 * @throws OAuthError `temporarily_unavailable` if it throws, is late or returns an invalid result; that is logged
 */
export const callUsers = async <T>(
  { name, failure = 'The users function failed: the response is 503', call, read }: UsersCall<T>,
  { usersDeadline, logger }: UsersCallSettings,
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  let reason: UnavailableReason = 'users_failed';
  const late = new Promise<never>((_resolve, reject) => {
    const refuse = () => {
      reason = 'users_deadline';
      reject(new IntegrationFault(`${name} did not return within usersDeadline, ${usersDeadline} ms`));
    };
    timer = setTimeout(refuse, usersDeadline);
  });
  try {
    return await Promise.race([Promise.resolve().then(call).then(read), late]);
  } catch (thrown) {
    logger.error(kindOfError(thrown), failure);
    throw temporarilyUnavailable(reason, thrown);
  } finally {
    clearTimeout(timer);
  }
};
