import { DirectoryError } from '../protocol/errors';
import { printValue } from '../protocol/printed-value';
import type { EpochSeconds } from '../protocol/time';
import type { User } from './records';
import { refuseValue } from './values';

/** Checks whether the sign-up of a user waits for approval. */
export const isWaiting = ({ signUp }: Pick<User, 'signUp'>, now: EpochSeconds): boolean =>
  signUp !== undefined && signUp.isRejected !== true && signUp.expiresAt > now;

/** Checks whether a sign-up was rejected or has expired, so that its name is free. */
export const isVoid = (user: Pick<User, 'signUp'>, now: EpochSeconds): boolean =>
  user.signUp !== undefined && !isWaiting(user, now);

/** Refuses to enable a user whose sign-up was not approved. @throws DirectoryError `ERR_SCOPEGATE_VALUE` */
export const refuseWaiting = (user: User): User =>
  user.signUp === undefined
    ? user
    : refuseValue('the sign-up waits for approval: approve it instead', { name: 'sign_up_waits' });

/** Returns a user whose sign-up is rejected. @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` if it does not wait */
export const rejected = (user: User, now: EpochSeconds): User => {
  if (user.signUp === undefined || !isWaiting(user, now)) return refuseNotWaiting(user.username);
  return { ...user, signUp: { ...user.signUp, isRejected: true } };
};

export const refuseNotWaiting = (username: string): never => {
  throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', `no sign-up of ${printValue(username)} waits for approval`);
};
