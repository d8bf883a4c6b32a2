import { temporarilyUnavailable, type OAuthError } from '../protocol/errors';
import type { Scope } from '../protocol/scope';
import { mintGrantId, mintProofKey, mintRefreshToken, readAccessToken, type GrantId } from '../protocol/secrets';
import type { Clock } from '../protocol/time';
import { newAccessToken, ownerOf, type IssuedTokens, type TokenLifetimes } from './issued-tokens';
import type { AccessTokenRecord, Grant } from './records';
import { createRefresh, type Refresh } from './rotation';
import type { GrantOwner, TokenStore } from './token-store';

export interface IssueOrder extends Omit<Grant, 'grantId'> {
  readonly scopes: Scope;
  /** `none` where the client may not use a refresh token. */
  readonly refreshToken: 'issue' | 'none';
}

export interface TokenService {
  /**
   * Stores the tokens, asks once more, and only then hands them out: whoever ends grants meanwhile has either found
   * these in the index, or is seen here.
   * @throws OAuthError `temporarily_unavailable` when the order no longer holds; its grant is ended then.
   */
  issue(order: IssueOrder, stillHolds: () => Promise<boolean>): Promise<IssuedTokens>;
  readonly refresh: Refresh;
  /** The record of a live access token, or `undefined`. */
  find(accessToken: string): Promise<AccessTokenRecord | undefined>;
  /** Ends one grant: its refresh token and its access tokens. */
  revokeGrant(grantId: GrantId): Promise<void>;
  /** Ends all grants of a client or a user. */
  revokeAll(owner: GrantOwner): Promise<void>;
  /** Ends all access tokens of a client or a user; refresh tokens stay. */
  revokeAccess(owner: GrantOwner): Promise<void>;
}

const changedMeanwhile = (): OAuthError =>
  temporarilyUnavailable(new Error('the user or the client was changed during the sign-in'));

const GRANTS_AT_A_TIME = 200;

/** The only writer of tokens. */
export const createTokenService = (store: TokenStore, lifetimes: TokenLifetimes, clock: Clock): TokenService => {
  const { accessTokenLifetime, refreshTokenLifetime, grantLifetime } = lifetimes;

  const issue = async (order: IssueOrder, stillHolds: () => Promise<boolean>): Promise<IssuedTokens> => {
    const grant: Grant = { grantId: mintGrantId(), ...ownerOf(order) };
    const issued = await storeNew(order, grant);
    const holds = await stillHolds().catch(async (error: unknown) => {
      await store.revokeGrant(grant.grantId).catch(() => undefined);
      throw error;
    });
    if (holds) return issued;
    await store.revokeGrant(grant.grantId);
    throw changedMeanwhile();
  };

  const storeNew = async ({ scopes, refreshToken }: IssueOrder, grant: Grant): Promise<IssuedTokens> => {
    const now = clock();
    const grantExpiresAt = now + grantLifetime;
    const { text, record, expiresIn } = newAccessToken(grant, scopes, {
      now,
      lifetime: accessTokenLifetime,
      grantExpiresAt,
    });
    if (refreshToken === 'none') {
      await store.save(record);
      return { accessToken: text, expiresIn, scopes };
    }
    const proofKey = mintProofKey();
    const refresh = mintRefreshToken(grant.grantId, proofKey);
    await store.save(record, {
      ...grant,
      digest: refresh.digest,
      scopes,
      expiresAt: Math.min(now + refreshTokenLifetime, grantExpiresAt),
      grantExpiresAt,
      proofKey,
    });
    return { accessToken: text, refreshToken: refresh.text, expiresIn, scopes };
  };

  const find = async (accessToken: string): Promise<AccessTokenRecord | undefined> => {
    const token = readAccessToken(accessToken);
    if (token === undefined) return undefined;
    const record = await store.find(token.grantId, token.digest);
    // A store that answers another question than was asked must not open a door.
    if (record?.grantId !== token.grantId || record.digest !== token.digest) return undefined;
    const isWhole = Number.isFinite(record.expiresAt) && Array.isArray(record.scopes);
    return isWhole && record.expiresAt > clock() ? record : undefined;
  };

  const revokeGrant = (grantId: GrantId): Promise<void> => store.revokeGrant(grantId);

  const revokeAll = async (owner: GrantOwner): Promise<void> => {
    await forEachGrant(owner, (grantId) => store.revokeGrant(grantId));
  };

  /** In slices: an owner may have more grants than a store should be asked about at once. */
  const forEachGrant = async (owner: GrantOwner, end: (grantId: GrantId) => Promise<void>): Promise<void> => {
    const grants = await store.grantsOf(owner);
    for (let start = 0; start < grants.length; start += GRANTS_AT_A_TIME) {
      await Promise.all(grants.slice(start, start + GRANTS_AT_A_TIME).map(end));
    }
  };

  const revokeAccess = async (owner: GrantOwner): Promise<void> => {
    await forEachGrant(owner, (grantId) => store.revokeAccess(grantId));
  };

  return { issue, refresh: createRefresh(store, lifetimes, clock), find, revokeGrant, revokeAll, revokeAccess };
};
