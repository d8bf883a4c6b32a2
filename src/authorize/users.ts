import type { Visitors } from '../pages/visitors';
import type { Clock, EpochSeconds } from '../protocol/time';
import type { AuthorizationRequest } from './authorization-request';
import type { Visit } from './visit';

/** A signed-in user, for one authorization request. */
export interface AuthorizingUser {
  readonly subject: string;
  /** The name that the pages show. */
  readonly name: string;
  /** Checks whether the user may belong to an organization; `undefined`: to none. */
  readonly mayBeOf: (organization: string | undefined) => boolean;
  readonly roles: readonly string[];
}

/** An authorization request that is handled again after it has waited. */
export interface Waiting {
  readonly id: string;
  readonly startedAt: EpochSeconds;
}

/** The signed-in user; `sign-in` if the sign-in page is needed; or the address at which the user signs in `elsewhere`. */
export type Identified = AuthorizingUser | 'sign-in' | { readonly elsewhere: string };

/** A request to identify the signed-in user. */
export interface IdentifyRequest {
  readonly visit: Visit;
  readonly authorization: AuthorizationRequest;
  /** Absent for a request that has just arrived. */
  readonly waiting: Waiting | undefined;
  /** Id of the authorization request, also if it does not wait yet. */
  readonly transactionId: string;
  /** True if the user has chosen to sign in as another user. */
  readonly isAnother: boolean;
}

/** Identifies the user who has signed in, recently enough for the request. */
export interface Users {
  identify(request: IdentifyRequest): Promise<Identified>;
}

/**
 * Checks whether a sign-in is recent enough (OpenID Connect Core §3.1.2.1, `prompt` and `max_age`). One since the request
 * arrived always is.
 */
export const isRecent = (
  signedInAt: EpochSeconds,
  { prompts, maxAge }: AuthorizationRequest,
  waiting: Waiting | undefined,
  now: EpochSeconds,
): boolean => {
  if (waiting !== undefined && signedInAt >= waiting.startedAt) return true;
  if (prompts.has('login') || maxAge === 0) return false;
  return maxAge === undefined || now - signedInAt <= maxAge;
};

/** Users of the sessions that the portal and these pages share. */
export class SessionUsers implements Users {
  readonly #visitors: Visitors;
  readonly #clock: Clock;

  constructor(visitors: Visitors, clock: Clock) {
    this.#visitors = visitors;
    this.#clock = clock;
  }

  async identify({ visit, authorization, waiting, isAnother }: IdentifyRequest): Promise<Identified> {
    if (isAnother || visit.sessionId === undefined) return 'sign-in';
    const user = await this.#visitors.recognize(visit.sessionId);
    if (user === undefined || !isRecent(user.signedInAt, authorization, waiting, this.#clock())) return 'sign-in';
    const { subject, username, organization, roles } = user;
    return { subject, name: username, mayBeOf: (key) => key === organization, roles };
  }
}
