import type { Digest } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';

/** Somebody who has signed in at the Store. Plain data, never changed. */
export interface Session {
  /** The subject of the user's tokens. */
  readonly subject: string;
  /** The name that the user signed in with, organization included. The password is checked again under it. */
  readonly username: string;
  readonly organization?: string;
  /** As of the sign-in. */
  readonly roles: readonly string[];
  readonly startedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
}

/** How many claims of one session are kept: more forms than one sends in eight hours. */
export const MAX_CLAIMS_PER_SESSION = 1_000;

/**
 * Where sessions are. A store knows the digest of a session's id, never the id. Every verb rejects with
 * `StoreUnavailableError` when the store cannot be asked or fails.
 */
export interface SessionStore {
  /** Keeps a session until it expires. One that has expired already is not kept. */
  save(digest: Digest, session: Session): Promise<void>;

  /** The session of this digest, or `undefined`; never an expired one. */
  find(digest: Digest): Promise<Session | undefined>;

  /** Ends a session. May be repeated. */
  remove(digest: Digest): Promise<void>;

  /** Ends all sessions of a user that were saved before. May be repeated. */
  removeAllOf(subject: string): Promise<void>;

  /**
   * Claims a name for a live session until an instant. Of one session the last `MAX_CLAIMS_PER_SESSION` claims are kept.
   * @returns `false` if the name is claimed already, or if there is no such session. Of concurrent claims one gets `true`.
   */
  claim(digest: Digest, name: Digest, until: EpochSeconds): Promise<boolean>;

  /** Releases a name: the next caller that takes it gets `true`. May be repeated. */
  release(digest: Digest, name: Digest): Promise<void>;
}
