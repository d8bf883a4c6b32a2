import { WrongCredentialsError } from '../sign-in/wrong-credentials';
import type { Seconds } from '../protocol/time';
import type { Limit } from '../throttle/failure-counters';

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;

const lengthOf = (window: Seconds): string =>
  window % 60 === 0 ? counted(window / 60, 'minute') : counted(window, 'second');

/**
 * Returns the sentence that a page appends to "wrong" once half of the permitted attempts have failed, and `''` before.
 * Without it, a correct password that is refused for the rest of the pause would look wrong. It depends only on counted
 * attempts, so it reveals nothing about the account.
 * @param limit of failed sign-ins for one user name from one network; `undefined` if they are not counted
 */
export const pauseSentence = (error: unknown, limit: Limit | undefined): string => {
  if (limit === undefined || !(error instanceof WrongCredentialsError)) return '';
  if (error.failures < Math.ceil(limit.failures / 2)) return '';
  const attempts = counted(limit.failures, 'failed attempt');
  return ` After ${attempts}, sign-in from your network is paused for up to ${lengthOf(limit.window)}.`;
};
