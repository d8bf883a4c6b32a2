import type { GrantId } from '../protocol/secrets';
import type { AccessTokenRecord } from './records';

/** Records of access tokens that were looked up a moment ago, by the token's text. */
export interface TokenCache {
  /**
   * A record that every revocation until now would have removed. Synchronous, because a promise costs more than the whole
   * look-up.
   */
  peek(accessToken: string): AccessTokenRecord | undefined;

  /** Asks `load` once for all who ask at the same time, and keeps the answer unless its grant changed meanwhile. */
  fetch(
    accessToken: string,
    load: () => Promise<AccessTokenRecord | undefined>,
  ): Promise<AccessTokenRecord | undefined>;

  /** Tokens of this grant were ended or changed. */
  forget(grantId: GrantId): void;
}

/** Where nothing is to be cached. */
export const noTokenCache: TokenCache = {
  peek: () => undefined,
  fetch: (_accessToken, load) => load(),
  forget: () => undefined,
};
