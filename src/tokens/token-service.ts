import type { Emit } from '../events/emitter';
import type { IssueOccasion } from '../events/gate-events';
import { temporarilyUnavailable, type OAuthError } from '../protocol/errors';
import {
  mintGrantId,
  mintProofKey,
  mintRefreshToken,
  readAccessToken,
  readRefreshToken,
  type ReadToken,
} from '../protocol/secrets';
import type { Clock, Seconds } from '../protocol/time';
import { grantTo, newAccessToken, type IssuedTokens, type Rights, type TokenLifetimes } from './issued-tokens';
import { liveGrants, type GrantInfo } from './live-grants';
import { factsOf, type AccessTokenRecord, type Grant, type RefreshTokenRecord } from './records';
import { createRefresh, type Refresh } from './refresh';
import { createRevocation, type Revocation } from './revocation';
import { noTokenCache, type TokenCache } from './token-cache';
import type { GrantOwner, TokenStore } from './token-store';

export interface IssueOrder extends Omit<Grant, 'grantId'>, Rights {
  readonly occasion: IssueOccasion;
  /** Lifetime of the access token. @default `accessTokenLifetime` */
  readonly lifetime?: Seconds;
  /** `none` if the client may not use a refresh token. */
  readonly refreshToken: 'issue' | 'none';
}

export interface TokenService extends Revocation {
  /**
   * Stores the tokens, checks again that the order holds, and only then returns them: a concurrent call that ends
   * grants either finds this grant in the index, or is noticed by the check.
   * @throws OAuthError `temporarily_unavailable` if the order no longer holds; its grant is then ended.
   */
  issue(order: IssueOrder, stillHolds: () => Promise<boolean>): Promise<IssuedTokens>;
  readonly refresh: Refresh;
  /** Returns the record of a live access token, or `undefined`. Cached; concurrent calls share one read of the store. */
  find(accessToken: string): Promise<AccessTokenRecord | undefined>;
  /** Returns the cached record, or `undefined` if the caller has to call `find`. Synchronous; never reads the store. */
  peek(accessToken: string): AccessTokenRecord | undefined;
  /** Reads the store; never cached. For responses that other parties rely on. */
  findFresh(accessToken: string): Promise<AccessTokenRecord | undefined>;
  /** Reads the state of the grant whose live refresh token this is, or `undefined`. */
  findRefresh(refreshToken: string): Promise<RefreshTokenRecord | undefined>;
  /** True if the access token is the one that the last refresh of its grant replaced. */
  wasReplaced(accessToken: string): Promise<boolean>;
  /** Yields the grants of a client or a user that have live tokens. */
  list(owner: GrantOwner): AsyncIterable<GrantInfo>;
}

/** Tokens of a new grant: the records to store, and the tokens for the client. */
interface MintedGrant {
  readonly access: AccessTokenRecord;
  readonly refresh?: RefreshTokenRecord;
  readonly issued: IssuedTokens;
}

export interface TokenServices {
  readonly lifetimes: TokenLifetimes;
  readonly clock: Clock;
  readonly emit: Emit;
  /** @default none */
  readonly cache?: TokenCache;
}

const changedMeanwhile = (): OAuthError =>
  temporarilyUnavailable(new Error('the user or the client was changed during the sign-in'));

/** Creates the token service, the only writer of tokens. */
export const createTokenService = (store: TokenStore, services: TokenServices): TokenService => {
  const { lifetimes, clock, emit, cache = noTokenCache } = services;
  const { accessTokenLifetime, refreshTokenLifetime, grantLifetime } = lifetimes;

  const check = (token: ReadToken, record: AccessTokenRecord | undefined): AccessTokenRecord | undefined => {
    // A store that returns the record of another token must not grant access.
    if (record?.grantId !== token.grantId || record.digest !== token.digest) return undefined;
    const isWhole =
      Array.isArray(record.scopes) && Array.isArray(record.subscriptions) && Number.isFinite(record.expiresAt);
    return isWhole && record.expiresAt > clock() ? record : undefined;
  };

  const load = (token: ReadToken): Promise<AccessTokenRecord | undefined> =>
    store.find(token.grantId, token.digest).then((record) => check(token, record));

  const find = (accessToken: string): Promise<AccessTokenRecord | undefined> => {
    const token = readAccessToken(accessToken);
    if (token === undefined) return Promise.resolve(undefined);
    const cached = cache.peek(accessToken);
    return cached === undefined ? cache.load(accessToken, () => load(token)) : Promise.resolve(cached);
  };

  const findRefresh = async (refreshToken: string): Promise<RefreshTokenRecord | undefined> => {
    const token = readRefreshToken(refreshToken);
    const state = token === undefined ? undefined : await store.findRefresh(token.grantId);
    return state?.digest === token?.digest ? state : undefined;
  };

  const revocation = createRevocation(store, emit);

  const issue = async (order: IssueOrder, stillHolds: () => Promise<boolean>): Promise<IssuedTokens> => {
    const grant = grantTo(order, mintGrantId());
    const { access, refresh, issued } = mint(order, grant);
    const saving = store.save(access, refresh);
    // Sent in the same tick, so that both share one round trip.
    const looking = stillHolds();
    looking.catch(() => undefined);
    const saved = await saving;
    const holds = await (saved === 'ahead' ? looking : stillHolds()).catch(async (error: unknown) => {
      await store.revokeGrant(grant.grantId).catch(() => undefined);
      throw error;
    });
    if (!holds) {
      await revocation.revokeGrant(grant, 'undone');
      throw changedMeanwhile();
    }
    emit({ type: 'issue', occasion: order.occasion, ...factsOf(grant), scopes: issued.scopes });
    return issued;
  };

  const mint = (order: IssueOrder, grant: Grant): MintedGrant => {
    const { scopes, refreshToken, lifetime = accessTokenLifetime } = order;
    const now = clock();
    const grantExpiresAt = now + grantLifetime;
    const { text, record, expiresIn } = newAccessToken(grant, order, { now, lifetime, grantExpiresAt });
    if (refreshToken === 'none') return { access: record, issued: { accessToken: text, expiresIn, scopes } };
    const proofKey = mintProofKey();
    const refresh = mintRefreshToken(grant.grantId, proofKey);
    return {
      access: record,
      refresh: {
        ...grant,
        digest: refresh.digest,
        scopes,
        expiresAt: Math.min(now + refreshTokenLifetime, grantExpiresAt),
        grantExpiresAt,
        proofKey,
      },
      issued: { accessToken: text, refreshToken: refresh.text, expiresIn, scopes },
    };
  };

  return {
    issue,
    refresh: createRefresh({ store, lifetimes, clock, emit, revocation }),
    find,
    peek: (accessToken) => cache.peek(accessToken),
    findFresh: async (accessToken) => {
      const token = readAccessToken(accessToken);
      return token === undefined ? undefined : load(token);
    },
    findRefresh,
    wasReplaced: async (accessToken) => {
      const token = readAccessToken(accessToken);
      return token !== undefined && (await store.heldAccess(token.grantId)).earlier?.digest === token.digest;
    },
    list: (owner) => liveGrants(store, owner, clock),
    ...revocation,
  };
};
