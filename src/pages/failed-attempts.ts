import { WrongCredentialsError } from '../sign-in/wrong-credentials';
import type { Limit } from '../throttle/failure-counters';
import type { Texts } from './texts/texts';

/**
 * Returns the sentence that a page appends to "wrong" once half of the permitted attempts have failed, and `''` before.
 * Without it, a correct password that is refused for the rest of the pause would look wrong. It depends only on counted
 * attempts, so it reveals nothing about the account.
 * @param limit of failed sign-ins for one user name from one network; `undefined` if they are not counted
 */
export const pauseSentence = (error: unknown, limit: Limit | undefined, { signIn }: Pick<Texts, 'signIn'>): string => {
  if (limit === undefined || !(error instanceof WrongCredentialsError)) return '';
  if (error.failures < Math.ceil(limit.failures / 2)) return '';
  return ` ${signIn.paused(limit.failures, limit.window)}`;
};

/** Returns the sentence of a failed sign-in. The reason is named only if the password was right. */
export const signInFault = (
  error: unknown,
  limit: Limit | undefined,
  texts: Pick<Texts, 'signIn' | 'setPassword'>,
): string =>
  error instanceof WrongCredentialsError && error.awaits === 'approval'
    ? texts.setPassword.waiting
    : texts.signIn.wrong + pauseSentence(error, limit, texts);
