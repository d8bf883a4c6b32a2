import type { Digest, GrantId } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';
import type { AccessTokenRecord, RefreshTokenRecord } from './records';

/** Selects the grants of a client or of a user. */
export type GrantOwner = { readonly clientId: string } | { readonly subject: string };

/** The access tokens of a grant, the expiry of the earlier one cut to the end of its respite. */
export interface HeldAccess {
  readonly access?: AccessTokenRecord;
  readonly earlier?: AccessTokenRecord;
}

/** One use of a refresh token: what it replaces, and with what. The caller has chosen the successor beforehand. */
export interface Rotation {
  /** The live refresh token that is replaced. */
  readonly spent: Digest;
  readonly access: AccessTokenRecord;
  readonly refresh: RefreshTokenRecord;
  /** How long the access token before this one stays alive; its own expiry ends it all the same. */
  readonly earlierAccessUntil: EpochSeconds;
}

/**
 * - `rotated`: done, now or by an earlier sending of this very rotation.
 * - `spent`: another refresh token has replaced this one; nothing was changed.
 * - `unknown`: the grant is not there (any more); nothing was changed.
 */
export type RotationOutcome = 'rotated' | 'spent' | 'unknown';

/**
 * - `ahead`: whatever is asked of the same store right after the call, in the same tick, is answered as of later than this.
 * - `unordered`: nothing is known of that, so it has to be asked again.
 */
export type SaveOrder = 'ahead' | 'unordered';

/**
 * Where live tokens are. A token is good because its record is here, never because none says otherwise.
 *
 * A store knows digests and instants, no scopes, clients or HTTP. Each verb is atomic. Not finding is an answer; every
 * verb rejects with `StoreUnavailableError` when the store cannot be asked or fails.
 */
export interface TokenStore {
  /** Keeps a new grant, all or nothing. What has expired already is not kept, and that is no error. */
  save(access: AccessTokenRecord, refresh?: RefreshTokenRecord): Promise<SaveOrder>;

  /** The live access token of this digest, or `undefined`; never an expired one. */
  find(grantId: GrantId, digest: Digest): Promise<AccessTokenRecord | undefined>;

  /**
   * The access tokens of a grant, live or not: the last one issued, and the one that
   * the last refresh replaced. It is for finding a grant by a token that was good a moment ago.
   */
  heldAccess(grantId: GrantId): Promise<HeldAccess>;

  /** The refresh state of a grant, expired or not, as long as it is there: for finding a grant that is to be ended. */
  heldRefresh(grantId: GrantId): Promise<RefreshTokenRecord | undefined>;

  /** The refresh state of a grant, or `undefined`; never an expired one. */
  findRefresh(grantId: GrantId): Promise<RefreshTokenRecord | undefined>;

  /** Replaces the live refresh token once, however many ask at the same moment and however often one is sent. */
  rotate(rotation: Rotation): Promise<RotationOutcome>;

  /** Ends a grant: afterwards no `find` of it succeeds. May be repeated. @returns whether there was anything to end. */
  revokeGrant(grantId: GrantId): Promise<boolean>;

  /** Ends the access tokens of a grant and leaves its refresh token. May be repeated. @returns as `revokeGrant` */
  revokeAccess(grantId: GrantId): Promise<boolean>;

  /** Makes every gate drop what it has cached of a grant. Changes no token, and needs none to be stored. */
  invalidate(grantId: GrantId): Promise<void>;

  /** Ids of the grants that may be alive; some may have ended since. */
  grantsOf(owner: GrantOwner): Promise<readonly GrantId[]>;
}
