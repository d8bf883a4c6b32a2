import type { ConsentStore } from '../consents/consent-store';
import type { RevokeReason } from '../events/gate-events';
import type { Sessions } from '../sessions/sessions';
import type { TokenService } from '../tokens/token-service';
import { attemptAll } from './attempts';
import { changeAndEnd } from './change-and-end';
import type { Directory } from './directory';
import type { PasswordLinkStore } from './password-link-store';
import type { PasswordRule } from './password-rule';
import type { Passwords } from './passwords';
import type { WorkPlace } from './work-queue';
import type { User } from './records';
import type { SignUpStore } from './sign-up-store';
import { infoOf, type UserInfo } from './user-info';
import { checkKey } from './values';

export interface UserServices {
  readonly directory: Directory;
  readonly passwords: Passwords;
  /** Place of the request whose changes these are. Absent for calls of the host application, which take their own. */
  readonly place?: WorkPlace;
  readonly passwordRule: PasswordRule;
  readonly tokens: TokenService;
  readonly sessions: Sessions;
  readonly consents: Pick<ConsentStore, 'removeAllOf'>;
  /** Links with which users set a password. */
  readonly links: PasswordLinkStore;
  /** The index of sign-ups that wait for approval. */
  readonly waiting: SignUpStore;
  /** The counters of failed sign-ins, by account. */
  readonly throttle: { unlock(account: string): Promise<void> };
  /** `function` if a `users` function provides the users, so that none can be created here. */
  readonly userSource: 'directory' | 'function';
}

/** Returns the key of the user that a call is about. @throws DirectoryError `ERR_SCOPEGATE_VALUE` */
export const keyOf = async ({ directory }: UserServices, fullName: unknown): Promise<string> =>
  directory.subjectOf(checkKey(fullName, 'username'));

export const changeUser = async (
  { directory }: UserServices,
  key: string,
  change: (user: User) => User,
): Promise<UserInfo> => infoOf(await directory.users.change(key, change));

/** Returns a user with another password. */
export const withPassword = ({ isInvited: _isInvited, ...user }: User, passwordHash: string): User => ({
  ...user,
  passwordHash,
});

/** A change of a user, and the reason that the `revoke` events state. */
interface EndingChange {
  readonly change: (user: User) => User;
  readonly because: RevokeReason;
}

/**
 * Ends the sessions and the grants of a user. Both are attempted, even if one fails.
 * @throws the first failure, after both
 */
export const endGrantsAndSessions = (
  { sessions, tokens }: Pick<UserServices, 'sessions' | 'tokens'>,
  subject: string,
  because: RevokeReason,
): Promise<void> =>
  attemptAll([
    () => sessions.endAllOf(subject), // first, because a session could obtain another token
    () => tokens.revokeAll({ subject }, because),
  ]);

/**
 * Ends everything of a user whose name is free from now on, or is another user's: the next user of the name inherits
 * neither tokens nor consents. All parts are attempted, even if some fail.
 * @throws the first failure, after all parts
 */
export const endFormerUser = (
  services: Pick<UserServices, 'sessions' | 'tokens' | 'consents'>,
  subject: string,
  because: RevokeReason,
): Promise<void> =>
  attemptAll([
    () => endGrantsAndSessions(services, subject, because),
    () => services.consents.removeAllOf(subject), // last, because a session could store another one
  ]);

const changeThen = async (
  services: UserServices,
  fullName: string,
  change: EndingChange['change'],
  end: (subject: string) => Promise<void>,
): Promise<UserInfo> => {
  const subject = await keyOf(services, fullName);
  return changeAndEnd(
    () => changeUser(services, subject, change),
    () => end(subject),
  );
};

/** Changes a user, then ends the user's sessions and grants. */
export const changeAndEndGrants = (
  services: UserServices,
  fullName: string,
  { change, because }: EndingChange,
): Promise<UserInfo> =>
  changeThen(services, fullName, change, (subject) => endGrantsAndSessions(services, subject, because));

/** Changes a user who is being removed, then ends everything of the user. */
export const changeAndEndFormer = (
  services: UserServices,
  fullName: string,
  change: EndingChange['change'],
): Promise<UserInfo> =>
  changeThen(services, fullName, change, (subject) => endFormerUser(services, subject, 'removed'));

/** Changes a user, then ends the user's access tokens. */
export const changeAndEndAccess = (
  services: UserServices,
  fullName: string,
  { change, because }: EndingChange,
): Promise<UserInfo> =>
  changeThen(services, fullName, change, (subject) => services.tokens.revokeAccess({ subject }, because));
