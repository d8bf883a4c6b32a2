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
import { createRevocation, type Revocation } from './revocation';
import { createRefresh, type Refresh } from './rotation';
import { noTokenCache, type TokenCache } from './token-cache';
import type { GrantOwner, TokenStore } from './token-store';

export interface IssueOrder extends Omit<Grant, 'grantId'>, Rights {
  readonly occasion: IssueOccasion;
  /** Life of the access token, where it is not the usual one. */
  readonly lifetime?: Seconds;
  /** `none` where the client may not use a refresh token. */
  readonly refreshToken: 'issue' | 'none';
}

export interface TokenService extends Revocation {
  /**
   * Stores the tokens, re-checks, and only then returns them: a concurrent call that ends grants has either found
   * these in the index, or is noticed by the re-check.
   * @throws OAuthError `temporarily_unavailable` when the order no longer holds; its grant is ended then.
   */
  issue(order: IssueOrder, stillHolds: () => Promise<boolean>): Promise<IssuedTokens>;
  readonly refresh: Refresh;
  /** The record of a live access token, or `undefined`. All who ask at the same time share one question to the store. */
  find(accessToken: string): Promise<AccessTokenRecord | undefined>;
  /** The same at once, where it was looked up a moment ago; `undefined` says that `find` has to be asked. To be asked first. */
  peek(accessToken: string): AccessTokenRecord | undefined;
  /** Reads the store; never cached. For answers that others rely on. */
  findInStore(accessToken: string): Promise<AccessTokenRecord | undefined>;
  /** The state of the grant whose live refresh token this is, or `undefined`. */
  findRefresh(refreshToken: string): Promise<RefreshTokenRecord | undefined>;
  /** Checks whether an access token is the one that the last refresh of its grant has replaced. */
  wasReplaced(accessToken: string): Promise<boolean>;
  /** Grants of a client or a user that have live tokens. */
  list(owner: GrantOwner): AsyncIterable<GrantInfo>;
}

/** The tokens of a new grant: what is kept of them, and what the client is given. */
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

/** The only writer of tokens. */
export const createTokenService = (store: TokenStore, services: TokenServices): TokenService => {
  const { lifetimes, clock, emit, cache = noTokenCache } = services;
  const { accessTokenLifetime, refreshTokenLifetime, grantLifetime } = lifetimes;

  const check = (token: ReadToken, record: AccessTokenRecord | undefined): AccessTokenRecord | undefined => {
    // A store that answers another question than was asked must not open a door.
    if (record?.grantId !== token.grantId || record.digest !== token.digest) return undefined;
    const isWhole =
      Array.isArray(record.scopes) && Array.isArray(record.subscriptions) && Number.isFinite(record.expiresAt);
    return isWhole && record.expiresAt > clock() ? record : undefined;
  };

  const load = (token: ReadToken): Promise<AccessTokenRecord | undefined> =>
    store.find(token.grantId, token.digest).then((record) => check(token, record));

  const find = (accessToken: string): Promise<AccessTokenRecord | undefined> => {
    const token = readAccessToken(accessToken);
    return token === undefined ? Promise.resolve(undefined) : cache.fetch(accessToken, () => load(token));
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
    // In the same tick, so that one round trip does for both.
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
    refresh: createRefresh(store, lifetimes, clock, emit),
    find,
    peek: (accessToken) => cache.peek(accessToken),
    findInStore: async (accessToken) => {
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
