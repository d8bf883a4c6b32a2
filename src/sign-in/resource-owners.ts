import type { CurrentRoles } from '../access/role-recheck';
import type { Client } from '../directory/records';
import type { Requester } from '../directory/requester';
import type { WorkPlace } from '../directory/work-queue';

/** A user whose password was right: the resource owner of RFC 6749 §1.1. */
export interface ResourceOwner {
  readonly subject: string;
  readonly organization?: string;
  readonly roles: readonly string[];
  /** Checks whether everything that the sign-in depended on still holds; called once the tokens are stored. */
  readonly isUserUnchanged: () => Promise<boolean>;
}

export interface SignIn {
  /** As received, organization included. */
  readonly username: string;
  readonly password: string;
  /** The requesting client; `undefined` if the user signs in on a page. */
  readonly client: Client | undefined;
  readonly address: string;
}

/** A user who has signed in to the pages. */
export interface PageUser {
  /** The name that the user signed in with. */
  readonly username: string;
  readonly organization?: string;
}

/** The source of users: the built-in directory, or the integrator's `users` function. */
export interface ResourceOwners {
  /** @throws OAuthError `invalid_grant`, with the same message and amount of work for unknown, wrong and disabled */
  authenticate(signIn: SignIn): Promise<ResourceOwner>;
  /** Takes as long as a wrong password without checking anything, for a guess that is refused in any case. */
  spendEqualTime(signIn: SignIn, place: WorkPlace): Promise<void>;
  findFreshRoles(subject: string): Promise<CurrentRoles>;
  /**
   * Returns a user who was authenticated elsewhere, if this client may serve that user.
   * @param lastRoles are used if no source returns current ones. @default none
   */
  findFresh(username: string, client: Client, lastRoles?: readonly string[]): Promise<ResourceOwner | undefined>;
}

export interface Admission {
  /**
   * Runs a sign-in with a place, which the sign-in takes before anything is counted or read, so that a refusal under load
   * costs next to nothing. The room depends on neither the user nor the password, so a refusal reveals nothing about
   * them.
   * @throws OAuthError `temporarily_unavailable`
   */
  admit<T>(requester: Requester, signIn: (place: WorkPlace) => Promise<T>): Promise<T>;
}

/** Resource owners without a limit on failed sign-ins. */
export interface UnthrottledOwners extends Omit<ResourceOwners, 'authenticate'> {
  readonly admission: Admission;
  /** @throws as `authenticate` of `ResourceOwners`, and OAuthError `temporarily_unavailable` if the wait was too long */
  authenticate(signIn: SignIn, place: WorkPlace): Promise<ResourceOwner>;
}
