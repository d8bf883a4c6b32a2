import type { Directory } from '../directory/directory';
import { areCredentials } from '../directory/passwords';
import { joinName } from '../directory/usernames';
import type { EpochSeconds } from '../protocol/time';
import type { ResourceOwner, ResourceOwners } from '../sign-in/resource-owners';
import { WrongCredentialsError } from '../sign-in/wrong-credentials';
import type { Session } from '../sessions/session-store';
import type { Sessions } from '../sessions/sessions';

/** Role of the users who administer their organization. */
export const ADMIN_ROLE = 'admin';

export interface PageSignIn {
  readonly username: string;
  readonly password: string;
  readonly address: string;
}

/** The signed-in user. */
export interface SignedInUser {
  /** The subject of the user's tokens. */
  readonly subject: string;
  /** The name that the user signed in with. */
  readonly username: string;
  /** The name under which the user owns applications. */
  readonly owner: string;
  readonly organization?: string;
  readonly roles: readonly string[];
  readonly isAdmin: boolean;
}

/** A user whom a session identifies. */
export interface SessionUser extends SignedInUser {
  readonly signedInAt: EpochSeconds;
}

export interface VisitorServices {
  readonly directory: Directory;
  readonly owners: ResourceOwners;
  readonly sessions: Sessions;
  /** Source of users: the built-in directory, or the integrator's `users` function. */
  readonly userSource: 'directory' | 'function';
}

/** Signs users in to the pages, identifies them by their session, and confirms their passwords. */
export class Visitors {
  readonly #services: VisitorServices;

  constructor(services: VisitorServices) {
    this.#services = services;
  }

  /**
   * Checks a password and begins a session.
   * @returns the session's id and the user
   * @throws OAuthError `invalid_grant`; `invalid_request` (429); `temporarily_unavailable`
   */
  async signIn(signIn: PageSignIn): Promise<{ readonly id: string; readonly user: SignedInUser }> {
    const { owners, sessions } = this.#services;
    if (!areCredentials(signIn.username, signIn.password)) throw new WrongCredentialsError();
    const owner = await owners.authenticate({ ...signIn, client: undefined });
    const { subject, organization, roles } = owner;
    const username = this.#services.userSource === 'directory' ? subject : signIn.username;
    const user = { subject, username, ...(organization === undefined ? {} : { organization }), roles };
    const id = await sessions.begin(user, owner.isUserUnchanged);
    if (id === undefined) throw new WrongCredentialsError();
    return { id, user: this.#userOf(user, roles) };
  }

  /** Returns the current user of a session. If the user has been removed or disabled, it ends the session. */
  async recognize(id: string): Promise<SessionUser | undefined> {
    const { directory, owners, sessions } = this.#services;
    const session = await sessions.find(id);
    if (session === undefined) return undefined;
    // Both in this tick, to share a round trip. Organizations are only in the directory, even with a `users` function.
    const [roles, isOpen] = await Promise.all([
      owners.findFreshRoles(session.subject),
      directory.isEnabledFresh({ enabled: true, ...session }),
    ]);
    if (roles !== 'gone' && isOpen) {
      const user = this.#userOf(session, roles === 'unknown' ? session.roles : roles);
      return { ...user, signedInAt: session.startedAt };
    }
    await sessions.end(id);
    return undefined;
  }

  /** Checks the password of a signed-in user again, with the same failure counters as `signIn`. @throws as `signIn` */
  async confirm(user: SignedInUser, password: string, address: string): Promise<ResourceOwner> {
    if (!areCredentials(user.username, password)) throw new WrongCredentialsError();
    const owner = await this.#services.owners.authenticate({
      username: user.username,
      password,
      address,
      client: undefined,
    });
    if (owner.subject !== user.subject) throw new WrongCredentialsError();
    return owner;
  }

  #userOf(
    { subject, username, organization }: Pick<Session, 'subject' | 'username' | 'organization'>,
    roles: readonly string[],
  ): SignedInUser {
    // A `users` function identifies its users by an id that does not include the organization.
    const isFullName = this.#services.userSource === 'directory' || organization === undefined;
    return {
      subject,
      username,
      owner: isFullName ? subject : joinName({ name: subject, organization }),
      ...(organization === undefined ? {} : { organization }),
      roles,
      isAdmin: roles.includes(ADMIN_ROLE),
    };
  }
}
