import type { Digest } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';

/** Somebody who has signed in at the Store. Plain data, never changed. */
export interface Session {
  /** The subject of the user's tokens. */
  readonly subject: string;
  /** What the user signed in as, organization included: by this the password is asked for again. */
  readonly username: string;
  readonly organization?: string;
  /** As of the sign-in. */
  readonly roles: readonly string[];
  readonly startedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
}

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
   * Takes a name for this session until an instant.
   * @returns `false` when it was taken already; of many who take it at the same moment one is told `true`.
   */
  claim(digest: Digest, name: Digest, until: EpochSeconds): Promise<boolean>;

  /** Gives a name back: the next who takes it is told `true`. May be repeated. */
  release(digest: Digest, name: Digest): Promise<void>;
}
