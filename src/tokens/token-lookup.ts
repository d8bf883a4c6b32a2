import { readAccessToken, readRefreshToken, type ReadToken } from '../protocol/secrets';
import type { Clock } from '../protocol/time';
import type { AccessTokenRecord, RefreshTokenRecord } from './records';
import type { TokenCache } from './token-cache';
import type { TokenStore } from './token-store';

/** Finds the records of tokens. */
export interface TokenLookup {
  /**
   * Returns the record of a live access token, or `undefined`. Cached; concurrent calls share one read of the store.
   */
  find(accessToken: string): Promise<AccessTokenRecord | undefined>;
  /** Returns the cached record, or `undefined` if the caller has to call `find`. Synchronous; never reads the store. */
  peek(accessToken: string): AccessTokenRecord | undefined;
  /** Reads the store; never cached. For responses that other parties rely on. */
  findFresh(accessToken: string): Promise<AccessTokenRecord | undefined>;
  /** Like `findFresh`, for a token whose grant and digest are known. */
  findFreshRecord(token: ReadToken): Promise<AccessTokenRecord | undefined>;
  /** Reads the state of the grant whose live refresh token this is, or `undefined`; never cached. */
  findFreshRefreshToken(refreshToken: string): Promise<RefreshTokenRecord | undefined>;
  /** True if the access token is the one that the last refresh of its grant replaced. */
  wasReplaced(accessToken: string): Promise<boolean>;
}

export interface TokenLookupServices {
  readonly store: TokenStore;
  readonly cache: TokenCache;
  readonly clock: Clock;
}

export const createTokenLookup = ({ store, cache, clock }: TokenLookupServices): TokenLookup => {
  const check = (token: ReadToken, record: AccessTokenRecord | undefined): AccessTokenRecord | undefined => {
    // A store that returns the record of another token must not grant access.
    if (record?.grantId !== token.grantId || record.digest !== token.digest) return undefined;
    const isComplete =
      Array.isArray(record.scopes) && Array.isArray(record.subscriptions) && Number.isFinite(record.expiresAt);
    return isComplete && record.expiresAt > clock() ? record : undefined;
  };

  const load = (token: ReadToken): Promise<AccessTokenRecord | undefined> =>
    store.find(token.grantId, token.digest).then((record) => check(token, record));

  return {
    find: (accessToken) => {
      const token = readAccessToken(accessToken);
      if (token === undefined) return Promise.resolve(undefined);
      const cached = cache.peek(accessToken);
      return cached === undefined ? cache.load(accessToken, () => load(token)) : Promise.resolve(cached);
    },
    peek: cache.peek.bind(cache), // on the path of every guarded request, so not a function around it
    findFresh: async (accessToken) => {
      const token = readAccessToken(accessToken);
      return token === undefined ? undefined : load(token);
    },
    findFreshRecord: load,
    findFreshRefreshToken: async (refreshToken) => {
      const token = readRefreshToken(refreshToken);
      const state = token === undefined ? undefined : await store.findRefresh(token.grantId);
      return state?.digest === token?.digest ? state : undefined;
    },
    wasReplaced: async (accessToken) => {
      const token = readAccessToken(accessToken);
      return (
        token !== undefined && (await store.heldAccess(token.grantId, token.digest)).previous?.digest === token.digest
      );
    },
  };
};
