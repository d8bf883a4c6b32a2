import type { GrantId } from '../protocol/secrets';
import type { Principal } from './principal';
import type { AccessTokenRecord } from './records';

/** Caches records of recently read access tokens, by the token's text. */
export interface TokenCache {
  /**
   * Returns the cached record, or `undefined`. Every revocation so far would have removed it. Synchronous, because a
   * promise costs more than the whole lookup.
   */
  peek(accessToken: string): AccessTokenRecord | undefined;

  /** Loads the record. Concurrent calls share one `load`; the result is cached unless its grant changed meanwhile. */
  load(accessToken: string, load: () => Promise<AccessTokenRecord | undefined>): Promise<AccessTokenRecord | undefined>;

  /** Evicts the tokens of a grant that was ended or changed. */
  evict(grantId: GrantId): void;

  /** Evicts the tokens of a principal whose epoch was replaced. */
  evictAllOf(principal: Principal): void;
}

/** A cache that stores nothing. */
export const noTokenCache: TokenCache = {
  peek: () => undefined,
  load: (_accessToken, load) => load(),
  evict: () => undefined,
  evictAllOf: () => undefined,
};
