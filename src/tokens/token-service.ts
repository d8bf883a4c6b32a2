import { OAuthError, temporarilyUnavailable } from '../protocol/errors';
import type { Scope } from '../protocol/scope';
import {
  mintAccessToken,
  mintGrantId,
  mintProofKey,
  mintRefreshToken,
  provesIssue,
  readAccessToken,
  readRefreshToken,
  type GrantId,
  type MintedToken,
} from '../protocol/secrets';
import { openWith, sealUnder } from '../protocol/sealing';
import type { Clock, EpochSeconds, Seconds } from '../protocol/time';
import type { AccessTokenRecord, Grant, RefreshTokenRecord } from './records';
import type { GrantOwner, TokenStore } from './token-store';

export interface TokenLifetimes {
  readonly accessTokenLifetime: Seconds;
  readonly refreshTokenLifetime: Seconds;
  readonly grantLifetime: Seconds;
  readonly refreshGrace: Seconds;
}

/** What a token request ends in: the texts for the client and what was granted. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly expiresIn: Seconds;
  readonly scopes: Scope;
}

export interface IssueOrder extends Omit<Grant, 'grantId'> {
  readonly scopes: Scope;
  /** `none` where the client may not use a refresh token. */
  readonly refreshToken: 'issue' | 'none';
}

/** What the refresh grant decides while a token is being refreshed. It throws to refuse; nothing is spent then. */
export type RefreshDecision = (grant: RefreshTokenRecord) => Promise<RefreshedScopes>;

export interface RefreshedScopes {
  /** For the new access token. */
  readonly access: Scope;
  /** Kept by the grant. */
  readonly grant: Scope;
}

export interface TokenService {
  /**
   * Stores the tokens, asks once more, and only then hands them out: whoever ends grants meanwhile has either found
   * these in the index, or is seen here.
   * @throws OAuthError `temporarily_unavailable` when the order no longer holds; its grant is ended then.
   */
  issue(order: IssueOrder, stillHolds: () => Promise<boolean>): Promise<IssuedTokens>;
  /** @throws OAuthError `invalid_grant` for a token that is not this client's live refresh token. */
  refresh(refreshToken: string, clientId: string, decide: RefreshDecision): Promise<IssuedTokens>;
  /** The record of a live access token, or `undefined`. */
  find(accessToken: string): Promise<AccessTokenRecord | undefined>;
  /** Ends one grant: its refresh token and its access tokens. */
  revokeGrant(grantId: GrantId): Promise<void>;
  /** Ends all grants of a client or a user. */
  revokeAll(owner: GrantOwner): Promise<void>;
  /** Ends all access tokens of a client or a user; refresh tokens stay. */
  revokeAccess(owner: GrantOwner): Promise<void>;
}

// One wording for every reason, so that nothing can be learned by trying (RFC 6749 §5.2).
const refused = (reason: string): OAuthError =>
  new OAuthError('invalid_grant', 'The refresh token is invalid, expired, revoked or was issued to another client.', {
    cause: new Error(reason),
  });

const changedMeanwhile = (): OAuthError =>
  temporarilyUnavailable(new Error('the user or the client was changed during the sign-in'));

const ownerOf = ({ clientId, subject, organization, environment }: Omit<Grant, 'grantId'>): Omit<Grant, 'grantId'> => ({
  clientId,
  ...(subject === undefined ? {} : { subject }),
  ...(organization === undefined ? {} : { organization }),
  environment,
});

// A loser of a race finds the winner's rotation at its second look; more than that is a store that does not keep still.
const MOST_LOOKS = 3;

const GRANTS_AT_A_TIME = 200;

/** The only writer of tokens. */
export const createTokenService = (store: TokenStore, lifetimes: TokenLifetimes, clock: Clock): TokenService => {
  const { accessTokenLifetime, refreshTokenLifetime, grantLifetime, refreshGrace } = lifetimes;

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
    const { text, record, expiresIn } = newAccessToken(grant, scopes, now, grantExpiresAt);
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

  const newAccessToken = (grant: Grant, scopes: Scope, now: EpochSeconds, grantExpiresAt: EpochSeconds) => {
    const { text, digest } = mintAccessToken(grant.grantId);
    const lifetime = Math.min(accessTokenLifetime, grantExpiresAt - now); // nothing outlives its grant
    const record: AccessTokenRecord = { ...grant, digest, scopes, issuedAt: now, expiresAt: now + lifetime };
    return { text, record, expiresIn: Math.max(1, Math.floor(lifetime)) };
  };

  const refresh = async (refreshToken: string, clientId: string, decide: RefreshDecision): Promise<IssuedTokens> => {
    const token = readRefreshToken(refreshToken);
    if (token === undefined) throw refused('malformed');
    const presented: MintedToken = { text: refreshToken, digest: token.digest };
    for (let look = 0; look < MOST_LOOKS; look += 1) {
      const state = await store.findRefresh(token.grantId);
      if (state === undefined) throw refused('unknown');
      // Before reuse is looked at: another client's token must not let anyone end the owner's grant.
      if (state.clientId !== clientId) throw refused('another client');
      if (state.digest !== token.digest) return await answerSpent(presented, state);
      const decided = await decide(state);
      const issued = await rotate(presented, state, decided);
      if (issued !== undefined) return confirm(issued, presented, state, decided, decide);
    }
    throw refused('lost every race');
  };

  /**
   * Asks once more after the rotation: rights that were taken away meanwhile must not be in the new access token. A pair
   * that has too much was seen by nobody yet; it is replaced, and a repeat of the request finds the one that replaced it.
   */
  const confirm = async (
    issued: IssuedTokens,
    presented: MintedToken,
    state: RefreshTokenRecord,
    { access }: RefreshedScopes,
    decide: RefreshDecision,
  ): Promise<IssuedTokens> => {
    const present = await decide(state);
    const successor = readRefreshToken(issued.refreshToken ?? '');
    if (present.access.join(' ') === access.join(' ') || successor === undefined) return issued;
    const replaced: RefreshTokenRecord = { ...state, digest: successor.digest };
    const replacing = await rotate(presented, replaced, present);
    if (replacing === undefined) throw refused('used before it was answered');
    return confirm(replacing, presented, replaced, present, decide);
  };

  /** @returns `undefined` when somebody else was faster. */
  const rotate = async (
    presented: MintedToken,
    state: RefreshTokenRecord,
    scopes: RefreshedScopes,
  ): Promise<IssuedTokens | undefined> => {
    const now = clock();
    const { grantId, proofKey, grantExpiresAt } = state;
    const grant: Grant = { grantId, ...ownerOf(state) };
    const access = newAccessToken(grant, scopes.access, now, grantExpiresAt);
    const refreshToken = mintRefreshToken(grantId, proofKey);
    const issued: IssuedTokens = {
      accessToken: access.text,
      refreshToken: refreshToken.text,
      expiresIn: access.expiresIn,
      scopes: scopes.access,
    };
    const outcome = await store.rotate({
      spent: state.digest,
      access: access.record,
      refresh: {
        ...grant,
        digest: refreshToken.digest,
        scopes: scopes.grant,
        expiresAt: Math.min(now + refreshTokenLifetime, grantExpiresAt),
        grantExpiresAt,
        proofKey,
        spent: {
          digest: presented.digest,
          sealedPair: refreshGrace === 0 ? '' : sealUnder(presented.text, JSON.stringify(issued)),
          until: Math.min(now + refreshGrace, state.expiresAt), // grace revives nothing that has expired
        },
      },
      earlierAccessUntil: now + refreshGrace,
    });
    if (outcome === 'unknown') throw refused('revoked meanwhile');
    return outcome === 'rotated' ? issued : undefined;
  };

  /** A refresh token that is not the live one: a repeat inside the grace window, a reuse, or a forgery. */
  const answerSpent = async (
    { text, digest }: MintedToken,
    { grantId, proofKey, spent }: RefreshTokenRecord,
  ): Promise<IssuedTokens> => {
    if (spent !== undefined && spent.digest === digest && clock() < spent.until) {
      const pair = openWith(text, spent.sealedPair);
      // The text was sealed by `rotate` and is authenticated, so its shape is known.
      if (pair !== undefined) return JSON.parse(pair) as IssuedTokens;
    }
    if (!provesIssue(text, proofKey)) throw refused('forged');
    await store.revokeGrant(grantId); // RFC 9700 §4.14.2
    throw refused('reused');
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

  return { issue, refresh, find, revokeGrant, revokeAll, revokeAccess };
};
