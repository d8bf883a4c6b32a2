import type { Digest, LinkHolder } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';

/** Why a user sets a password by a link: there is none yet, or it is replaced. */
export const LINK_PURPOSES = ['invitation', 'password_reset'] as const;

export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** A one-time link with which a user sets a password. Plain data, never changed. */
export interface PasswordLink {
  readonly purpose: LinkPurpose;
  /** Full name of the user. */
  readonly subject: string;
  /** The id of the user's record, if it has one: the next user of the name cannot use the link. */
  readonly userId?: string;
  /** Digest of the password hash that is replaced: the link ends with the password. */
  readonly replaces: Digest;
  /** Full name of the administrator who created the link. Absent if the operator did. */
  readonly by?: string;
  readonly expiresAt: EpochSeconds;
}

/**
 * Stores at most one link for each user, with the digest of its code. Every method is atomic, and rejects with
 * `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface PasswordLinkStore {
  /** Stores a link that has not expired. A new one replaces the old one. */
  save(holder: LinkHolder, digest: Digest, link: PasswordLink): Promise<void>;

  /** Returns the user's link if it has this digest; never an expired one. */
  find(holder: LinkHolder, digest: Digest): Promise<PasswordLink | undefined>;

  /** Removes the link and returns it as `find` does. Only one of several concurrent calls gets it. */
  take(holder: LinkHolder, digest: Digest): Promise<PasswordLink | undefined>;

  /** Removes the user's link, if there is one. */
  remove(holder: LinkHolder): Promise<void>;
}
