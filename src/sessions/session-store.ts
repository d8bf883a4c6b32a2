import type { Digest } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';

/** Session of a user who has signed in on a page, of the portal or at `/authorize`. Plain data, never changed. */
export interface Session {
  /** The subject of the user's tokens. */
  readonly subject: string;
  /** The name that the user signed in with, including the organization. Used whenever the password is confirmed. */
  readonly username: string;
  readonly organization?: string;
  /** Roles at the time of the sign-in. */
  readonly roles: readonly string[];
  readonly startedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
}

/** Maximum number of claims kept per session: more forms than a user submits in eight hours. */
export const MAX_CLAIMS_PER_SESSION = 1_000;

/**
 * Storage of sessions. A store receives the digest of a session id, never the id. Every method rejects with
 * `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface SessionStore {
  /**
   * Stores a session until it expires. A session that has already expired is not stored.
   *
   * @param maxOfUser maximum number of live sessions of the user, `Infinity` for any number. In the same step, those that
   *   expire first end for the new one.
   * @returns the number of sessions that ended for the new one
   */
  save(digest: Digest, session: Session, maxOfUser: number): Promise<number>;

  /** Returns the session with this digest, or `undefined`. Never returns an expired session. */
  find(digest: Digest): Promise<Session | undefined>;

  /** Ends a session. Idempotent. */
  remove(digest: Digest): Promise<void>;

  /**
   * Ends all sessions of a user that were saved before the call, in one step, then frees their memory, a bounded number
   * of them concurrently. After a failure they have ended, unless the first step failed, and a repeated call frees what
   * is left. Idempotent.
   */
  removeAllOf(subject: string): Promise<void>;

  /**
   * Claims a name for a live session until an instant. The last `MAX_CLAIMS_PER_SESSION` claims of a session are kept.
   * @returns `false` if the name is already claimed or the session does not exist. Only one of several concurrent
   *   claims resolves to `true`.
   */
  claim(digest: Digest, name: Digest, until: EpochSeconds): Promise<boolean>;

  /** Releases a name, so that the next claim resolves to `true`. Idempotent. */
  release(digest: Digest, name: Digest): Promise<void>;
}
