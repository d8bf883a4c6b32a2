import { DirectoryError } from '../protocol/errors';
import { digestOf, linkHolderOf, mintLinkCode, readLinkCode } from '../protocol/secrets';
import type { EpochSeconds, Seconds } from '../protocol/time';
import { accountOf } from './account-key';
import { createUser, refuseFunction } from './created-user';
import { readInvitedUser, type InvitedUser } from './new-user';
import type { LinkPurpose, PasswordLink } from './password-link-store';
import type { User } from './records';
import { changeAndEndGrants, keyOf, withPassword, type UserServices } from './user-changes';
import type { UserInfo } from './user-info';
import { refuseValue } from './values';
import type { WorkPlace } from './work-queue';

/** A link with which a user sets a password. */
export interface CreatedLink {
  /** `invitation` if the user has no password yet. */
  readonly purpose: LinkPurpose;
  /**
   * The code, which is shown this once: the store has only its digest. The page of the portal to which the user takes it
   * is `/set-password`, with the code after a `#`.
   */
  readonly code: string;
  readonly expiresAt: EpochSeconds;
}

/** A new user, and the link with which the user sets a password. */
export interface Invitation extends CreatedLink {
  readonly user: UserInfo;
}

/** A user who has set a password by a link. */
export interface RedeemedLink {
  readonly user: UserInfo;
  readonly purpose: LinkPurpose;
  /** Full name of the administrator who created the link. Absent if the operator did. */
  readonly by?: string;
}

/** Links with which users set a password without having one. Declared users have none. */
export interface ManagedPasswordLinks {
  /**
   * Creates a user without a password, and the link with which the user sets one within seven days.
   * @throws DirectoryError as `users.create`
   */
  invite(user: InvitedUser): Promise<Invitation>;
  /**
   * Creates a link to set another password within a day; within seven days for an invited user without one. It replaces
   * an earlier link of the user, and ends if the user is disabled or removed, or gets another password.
   * @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND`, `ERR_SCOPEGATE_DECLARED`, `ERR_SCOPEGATE_VALUE` if the user is
   *   disabled, or comes from a `users` function
   */
  create(username: string): Promise<CreatedLink>;
  /**
   * Sets a password by a code, once, and ends the grants and sessions of the user. A password that breaks the rule does
   * not use up the code.
   * @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` for a code that is not valid, `ERR_SCOPEGATE_VALUE` for the password
   */
  redeem(code: string, password: string): Promise<RedeemedLink>;
}

const LIFETIMES: Readonly<Record<LinkPurpose, Seconds>> = { invitation: 7 * 86_400, password_reset: 86_400 };

/** One error for every reason, so that nothing about the user is revealed. */
const invalidLink = (): DirectoryError =>
  new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', 'there is no such link: it was used, replaced or has expired');

/** Checks whether a link was created for this record and the password that it has now. */
const isOf = ({ userId, replaces }: PasswordLink, { id, passwordHash, renewed }: User): boolean => {
  const present = digestOf(passwordHash);
  return userId === id && (replaces === present || (renewed?.from === replaces && renewed.to === present));
};

/** Creates and redeems the links of users. */
export class PasswordLinks implements ManagedPasswordLinks {
  readonly #services: UserServices;

  constructor(services: UserServices) {
    this.#services = services;
  }

  /** @param by the full name of the administrator who invites; left out for the operator */
  async invite(given: InvitedUser, by?: string): Promise<Invitation> {
    const services = refuseFunction(this.#services);
    const user = await createUser(services, await readInvitedUser(services, given));
    return { user, ...(await this.create(user.username, by)) };
  }

  /** @param by the full name of the administrator who creates the link; left out for the operator */
  async create(username: string, by?: string): Promise<CreatedLink> {
    const { directory, links, userSource } = this.#services;
    if (userSource === 'function') refuseValue('users come from the users function: set the password in its source');
    const user = await directory.users.getStored(await keyOf(this.#services, username));
    if (!user.enabled) refuseValue('username is disabled: enable the user first', { name: 'user_disabled' });
    const purpose = user.isInvited === true ? 'invitation' : 'password_reset';
    const expiresAt = Math.floor(directory.clock()) + LIFETIMES[purpose];
    const holder = linkHolderOf(user.username);
    const { text: code, digest } = mintLinkCode(holder);
    const link: PasswordLink = {
      purpose,
      subject: user.username,
      ...(user.id === undefined ? {} : { userId: user.id }),
      replaces: digestOf(user.passwordHash),
      ...(by === undefined ? {} : { by }),
      expiresAt,
    };
    await links.save(holder, digest, link);
    // A user who was disabled before the link was stored must not have it after being enabled again.
    if ((await this.#findUser(link)) === undefined) {
      await links.remove(holder);
      refuseValue('username was changed at the same time: try again', { name: 'user_changed' });
    }
    return { purpose, code, expiresAt };
  }

  /** @param place of the request. @default one for a call of the host application */
  async redeem(code: string, password: string, place?: WorkPlace): Promise<RedeemedLink> {
    const { links, passwords, passwordRule, throttle } = this.#services;
    const read = readLinkCode(code);
    if (read === undefined) throw invalidLink();
    const found = await links.find(read.holder, read.digest);
    if (found === undefined || !(await this.#isValid(found))) throw invalidLink();
    passwordRule.check(password, found.subject);
    const passwordHash = await passwords.hash(password, place);
    const link = await links.take(read.holder, read.digest); // after the hash, for which there may be no room
    if (link === undefined) throw invalidLink();
    const { purpose, subject, by } = link;
    const change = (present: User): User => {
      if (!present.enabled || !isOf(link, present)) throw invalidLink();
      return withPassword(present, passwordHash);
    };
    const user = await changeAndEndGrants(this.#services, subject, { change, because: 'password' });
    await throttle.unlock(accountOf(subject)); // the failures were those of another password
    return { user, purpose, ...(by === undefined ? {} : { by }) };
  }

  /** Finds the user of a link, if it is still the one for whom it was created, and enabled. Never cached. */
  async #findUser(link: PasswordLink): Promise<User | undefined> {
    const { users } = this.#services.directory;
    const user = await users.findFresh(link.subject);
    return user?.enabled === true && !users.isDeclared(user.username) && isOf(link, user) ? user : undefined;
  }

  /** Checks whether a link can be used. A process that only manages records may not know the user's organization. */
  async #isValid(link: PasswordLink): Promise<boolean> {
    const user = await this.#findUser(link);
    return user !== undefined && this.#services.directory.isEnabledFresh(user);
  }
}
