import type { GrantId } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';

/** That a token of a grant came to a guard. */
export interface TokenUse {
  readonly grantId: GrantId;
  readonly clientId: string;
  /** To the minute. */
  readonly at: EpochSeconds;
}

/**
 * When tokens were last used, to the minute. A convenience for people, written in batches: it decides nothing. Every verb
 * rejects with `StoreUnavailableError` when the store cannot be asked or fails.
 */
export interface TokenUseStore {
  /** Keeps each use unless a later one of its grant is known. What is 31 days old may be forgotten. */
  note(uses: readonly TokenUse[]): Promise<void>;

  /** The last uses of grants of one client, in their order; `undefined` where none is known. */
  lastUses(clientId: string, grants: readonly GrantId[]): Promise<readonly (EpochSeconds | undefined)[]>;
}
