import type { Digest, GrantId } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';
import type { GrantLimits } from './grant-limits';
import type { GrantOwner, Principal } from './principal';
import type { AccessTokenRecord, RefreshTokenRecord } from './records';

/**
 * Tokens that end when the epoch of a principal is replaced.
 * - `grants`: every token that was issued to the principal so far.
 * - `access`: access tokens only; refresh tokens stay valid.
 */
export type Ends = 'grants' | 'access';

/** The access tokens of a grant. The expiry of `previous` is capped at the end of its grace window. */
export interface HeldAccess {
  readonly access?: AccessTokenRecord;
  readonly previous?: AccessTokenRecord;
}

/** One use of a refresh token: the token it replaces, and the successors, which the caller has chosen beforehand. */
export interface Rotation {
  /** Digest of the live refresh token that is replaced. */
  readonly spent: Digest;
  readonly access: AccessTokenRecord;
  readonly refresh: RefreshTokenRecord;
  /** End of the grace window of the previous access token, which may expire earlier. */
  readonly previousAccessUntil: EpochSeconds;
}

/**
 * - `rotated`: done, by this call or by an earlier attempt to send the same rotation.
 * - `spent`: another refresh token has replaced this one; nothing was changed.
 * - `unknown`: the grant does not exist, or no longer exists; nothing was changed.
 */
export type RotationOutcome = 'rotated' | 'spent' | 'unknown';

/**
 * - `ahead`: a read sent to the same store right after the call, in the same tick, is executed after this write.
 * - `unordered`: the order is not known, so the caller has to read again.
 * - `refused`: the client has as many live grants as it may have; nothing was stored.
 */
export type SaveOrder = 'ahead' | 'unordered' | 'refused';

export interface Saved {
  readonly order: SaveOrder;
  /** The grants that have ended for the new one. */
  readonly ended: readonly GrantId[];
}

/**
 * Stores live tokens. A token is valid because its record is stored here, never because a record of its revocation is
 * absent.
 *
 * Every principal (a client, a user, an organization, a consent) has an epoch: a value that is never reused. A token is
 * stored with the epochs of its principals, and is absent for every read once one of them was replaced or lost. So all
 * tokens of a principal end in one step, however many there are, and whether or not an index lists them.
 *
 * A store interprets digests and instants, not scopes, clients or HTTP. Every method is atomic. An absent record is a
 * result, not an error; every method rejects with `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface TokenStore {
  /**
   * Stores a new grant, all or nothing. Tokens that have already expired are skipped without an error. In the same step,
   * grants that the limits do not allow beside the new one end, for every gate and cache, as by `revokeGrant`.
   *
   * @param limits apply to the client and the user of this grant. @default none
   */
  save(access: AccessTokenRecord, refresh?: RefreshTokenRecord, limits?: GrantLimits): Promise<Saved>;

  /** Returns the live access token with this digest, or `undefined`; never an expired one. */
  find(grantId: GrantId, digest: Digest): Promise<AccessTokenRecord | undefined>;

  /**
   * Returns the access tokens of a grant, expired or not: the last one issued, and the one that the last refresh
   * replaced. For finding a grant by either of them.
   *
   * @param digest of the token that the caller compares them with; a store may return other digests in part
   */
  heldAccess(grantId: GrantId, digest?: Digest): Promise<HeldAccess>;

  /**
   * Returns the refresh state of a grant, expired or not, while it is stored. For finding a grant that is to be ended.
   */
  heldRefresh(grantId: GrantId): Promise<RefreshTokenRecord | undefined>;

  /** Returns the refresh state of a grant, or `undefined`; never an expired one. */
  findRefresh(grantId: GrantId): Promise<RefreshTokenRecord | undefined>;

  /** Replaces the live refresh token once, however many calls run concurrently and however often one is sent. */
  rotate(rotation: Rotation): Promise<RotationOutcome>;

  /** Ends a grant: afterwards no `find` of it succeeds. May be repeated. @returns true if there was anything to end */
  revokeGrant(grantId: GrantId): Promise<boolean>;

  /** Ends the access tokens of a grant and leaves its refresh token. May be repeated. @returns as `revokeGrant` */
  revokeAccess(grantId: GrantId): Promise<boolean>;

  /** Makes every gate evict a grant from its cache. Changes no token, and does not require one to be stored. */
  invalidate(grantId: GrantId): Promise<void>;

  /**
   * Replaces the epoch of a principal. The cost does not depend on the number of its tokens. May be repeated.
   * @returns false if no token of the principal can have been live
   */
  replaceEpoch(principal: Principal, ends: Ends): Promise<boolean>;

  /** Yields pages with the ids of grants that may be live, for lists; some may have ended since. */
  grantsOf(owner: GrantOwner): AsyncIterable<readonly GrantId[]>;

  /**
   * Deletes the grants of a principal that a replaced epoch has ended, in slices, to free their memory. A call that fails
   * may be repeated, and continues then.
   */
  freeEnded(owner: GrantOwner): Promise<void>;
}
