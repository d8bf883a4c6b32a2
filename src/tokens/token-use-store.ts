import type { GrantId } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';

/** One use of a grant's access token. */
export interface TokenUse {
  readonly grantId: GrantId;
  readonly clientId: string;
  /** Rounded down to the minute. */
  readonly at: EpochSeconds;
}

/**
 * Stores when tokens were last used, to the minute. For display only, written in batches: no decision depends on it.
 * Every method rejects with `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface TokenUseStore {
  /** Stores each use, unless a later one of its grant is stored. Uses that are 31 days old may be evicted. */
  note(uses: readonly TokenUse[]): Promise<void>;

  /** Returns the last uses of grants of one client, in the order of `grants`; `undefined` if none is known. */
  lastUses(clientId: string, grants: readonly GrantId[]): Promise<readonly (EpochSeconds | undefined)[]>;
}
