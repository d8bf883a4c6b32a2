import { DirectoryError } from '../protocol/errors';
import type { EpochSeconds, Seconds } from '../protocol/time';
import { unblocked, readBlocking, type Blocking } from './blocking';
import { createUser, refuseFunction } from './created-user';
import { readNewUser, type NewUser } from './new-user';
import type { User } from './records';
import { isVoid, isWaiting, refuseNotWaiting, rejected } from './sign-up';
import { keyOf, type UserServices } from './user-changes';
import { infoOf, type UserInfo } from './user-info';
import { normalKey } from './usernames';
import { checkKey, refuseValue } from './values';
import type { WorkPlace } from './work-queue';

/** A user whose sign-up waits for approval. */
export interface WaitingUser extends UserInfo {
  /** From then on the name is free. */
  readonly expiresAt: EpochSeconds;
}

/** Sign-ups that wait for the approval of an administrator or the operator. Until then the user cannot sign in. */
export interface SignUps {
  /**
   * Creates a user who has to be approved within 30 days. At most 1,000 wait in an organization.
   * @throws DirectoryError as `users.create`; `ERR_SCOPEGATE_LIMIT`; `ERR_SCOPEGATE_VALUE` without an organization
   */
  create(user: NewUser): Promise<WaitingUser>;
  /** Returns the users of an organization who wait, the longest waiting first. */
  list(organization: string): Promise<readonly WaitingUser[]>;
  /** @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND`; `ERR_SCOPEGATE_VALUE` if the operator has disabled the user */
  approve(username: string, blocking?: Blocking): Promise<UserInfo>;
  /** Removes the user. @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` */
  reject(username: string): Promise<void>;
}

const LIFETIME: Seconds = 30 * 86_400;

/** Users who wait in one organization. */
const MAX_WAITING = 1_000;

/** Expired sign-ups that one new sign-up removes. */
const MAX_RELEASED = 10;

const waitingInfoOf = (user: User): WaitingUser => ({ ...infoOf(user), expiresAt: user.signUp?.expiresAt ?? 0 });

/** The sign-ups of a gate. */
export class ManagedSignUps implements SignUps {
  readonly #services: UserServices;

  constructor(services: UserServices) {
    this.#services = services;
  }

  /** @param place of the request. @default one for a call of the host application */
  async create(given: NewUser, place = this.#services.place): Promise<WaitingUser> {
    const services = { ...refuseFunction(this.#services), ...placed(place) };
    const { directory, waiting } = services;
    const read = await readNewUser(services, given);
    const organization =
      read.organization ??
      refuseValue('organization is required: its administrators approve the user', { name: 'organization_missing' });
    const expiresAt = Math.floor(directory.clock()) + LIFETIME;
    // First, so that no user is stored that the index does not list, and a limit does not depend on the name.
    const added = await waiting.add(organization, { username: read.username, expiresAt }, MAX_WAITING);
    if (added === 'limited') refuseFull();
    const user: User = { ...read, enabled: false, disabledBy: 'administrator', signUp: { expiresAt } };
    try {
      await createUser(services, user);
    } finally {
      // Not awaited, so that the time does not reveal whether the name was taken.
      this.#tidy(organization, user.username).catch(() => undefined);
    }
    return waitingInfoOf(user);
  }

  async list(organization: string): Promise<readonly WaitingUser[]> {
    const key = normalKey(checkKey(organization, 'organization'));
    if (key === undefined) return [];
    const names = await this.#services.waiting.list(key);
    // All in this tick, to share a round trip.
    const found = await Promise.all(names.map(({ username }) => this.#findOrRelease(key, username)));
    return found.filter((user) => user !== undefined).map(waitingInfoOf);
  }

  async approve(username: string, blocking?: Blocking): Promise<UserInfo> {
    const by = readBlocking(blocking);
    const { directory } = this.#services;
    const approved = ({ signUp, ...rest }: User): User => {
      if (signUp === undefined || !isWaiting({ signUp }, directory.clock())) return refuseNotWaiting(username);
      return unblocked(rest, by);
    };
    return this.#decide(username, approved);
  }

  async reject(username: string): Promise<void> {
    const { directory } = this.#services;
    const { username: name } = await this.#decide(username, (user) => rejected(user, directory.clock()));
    await directory.releaseVoidName(name);
  }

  async #decide(username: string, change: (user: User) => User): Promise<UserInfo> {
    const { directory, waiting } = this.#services;
    const user = await directory.users.change(await keyOf(this.#services, username), change);
    if (user.organization !== undefined) await waiting.remove(user.organization, user.username);
    return infoOf(user);
  }

  /** Returns a listed user who waits. The index entry of another one, and an expired record, is removed. */
  async #findOrRelease(organization: string, username: string): Promise<User | undefined> {
    const { directory, waiting } = this.#services;
    const now = directory.clock();
    const user = await directory.users.findStored(username);
    if (user !== undefined && isWaiting(user, now)) return user;
    if (user !== undefined && isVoid(user, now)) await directory.releaseVoidName(username);
    await waiting.remove(organization, username);
    return undefined;
  }

  /**
   * Lists the name that was just added again, because a list may have removed it before the user was stored; or removes it,
   * if it is of a user who does not wait. Removes names that have expired.
   */
  async #tidy(organization: string, username: string): Promise<void> {
    const { waiting, directory } = this.#services;
    const now = directory.clock();
    const user = await this.#findOrRelease(organization, username);
    if (user?.signUp !== undefined) {
      await waiting.add(organization, { username, expiresAt: user.signUp.expiresAt }, Number.MAX_SAFE_INTEGER);
    }
    const expired = (await waiting.list(organization)).filter((name) => name.expiresAt <= now).slice(0, MAX_RELEASED);
    for (const name of expired) await this.#findOrRelease(organization, name.username);
  }
}

const placed = (place: WorkPlace | undefined) => (place === undefined ? {} : { place });

const refuseFull = (): never => {
  throw new DirectoryError(
    'ERR_SCOPEGATE_LIMIT',
    'too many sign-ups of the organization wait for approval; try again later',
    { name: 'too_many_sign_ups' },
  );
};
