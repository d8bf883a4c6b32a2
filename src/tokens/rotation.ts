import type { Emit } from '../events/emitter';
import { OAuthError } from '../protocol/errors';
import type { Scope } from '../protocol/scope';
import { mintRefreshToken, provesIssue, readRefreshToken, type MintedToken } from '../protocol/secrets';
import { openWith, sealUnder } from '../protocol/sealing';
import type { Clock } from '../protocol/time';
import { grantTo, newAccessToken, type IssuedTokens, type Rights, type TokenLifetimes } from './issued-tokens';
import { factsOf, type RefreshTokenRecord } from './records';
import type { TokenStore } from './token-store';

/**
 * What the refresh grant decides while a token is being refreshed. It throws to refuse; nothing is spent then. A `repeat`
 * is answered with what the first use asked for, whatever it asks for itself.
 */
export type RefreshDecision = (grant: RefreshTokenRecord, occasion: 'use' | 'repeat') => Promise<RefreshedRights>;

export interface RefreshedRights {
  /** For the new access token. */
  readonly access: Rights;
  /** Kept by the grant. */
  readonly grant: Scope;
}

/** @throws OAuthError `invalid_grant` for a token that is not this client's live refresh token. */
export type Refresh = (refreshToken: string, clientId: string, decide: RefreshDecision) => Promise<IssuedTokens>;

// One wording for every reason, so that nothing can be learned by trying (RFC 6749 §5.2).
const refused = (reason: string): OAuthError =>
  new OAuthError('invalid_grant', 'The refresh token is invalid, expired, revoked or was issued to another client.', {
    cause: new Error(reason),
  });

// A loser of a race finds the winner's rotation at its second look; more than that is a store that does not keep still.
const MOST_LOOKS = 3;

const areEqual = (left: Rights, right: Rights): boolean =>
  left.scopes.join(' ') === right.scopes.join(' ') && left.subscriptions.join(' ') === right.subscriptions.join(' ');

/** Refresh token rotation (RFC 9700 §4.14.2): one use each, a repeat inside the grace window, the end for a reuse. */
export const createRefresh = (store: TokenStore, lifetimes: TokenLifetimes, clock: Clock, emit: Emit): Refresh => {
  const { accessTokenLifetime, refreshTokenLifetime, refreshGrace } = lifetimes;

  const refresh = async (refreshToken: string, clientId: string, decide: RefreshDecision): Promise<IssuedTokens> => {
    const token = readRefreshToken(refreshToken);
    if (token === undefined) throw refused('malformed');
    const presented: MintedToken = { text: refreshToken, digest: token.digest };
    for (let look = 0; look < MOST_LOOKS; look += 1) {
      const state = await store.findRefresh(token.grantId);
      if (state === undefined) throw refused('unknown');
      // Before reuse is looked at: another client's token must not let anyone end the owner's grant.
      if (state.clientId !== clientId) throw refused('another client');
      if (state.digest !== token.digest) return await answerSpent(presented, state, decide);
      const decided = await decide(state, 'use');
      const issued = await rotate(presented, state, decided);
      if (issued === undefined) continue;
      const confirmed = await confirm(issued, presented, state, decided, decide);
      emit({ type: 'refresh', ...factsOf(state), scopes: confirmed.scopes });
      return confirmed;
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
    { access }: RefreshedRights,
    decide: RefreshDecision,
  ): Promise<IssuedTokens> => {
    // A repeat of this request must not be answered with an access token that was never confirmed.
    const present = await decide(state, 'use').catch(async (error: unknown) => {
      await store.revokeAccess(state.grantId).catch(() => undefined);
      throw error;
    });
    const successor = readRefreshToken(issued.refreshToken ?? '');
    if (areEqual(present.access, access) || successor === undefined) return issued;
    return replace(presented, { ...state, digest: successor.digest }, present, decide);
  };

  /** Puts a pair with the present rights in the place of one that has too much, whose access token ends with that. */
  const replace = async (
    presented: MintedToken,
    replaced: RefreshTokenRecord,
    present: RefreshedRights,
    decide: RefreshDecision,
  ): Promise<IssuedTokens> => {
    const replacing = await rotate(presented, replaced, present, clock());
    if (replacing === undefined) throw refused('used before it was answered');
    return confirm(replacing, presented, replaced, present, decide);
  };

  /** @returns `undefined` when somebody else was faster. */
  const rotate = async (
    presented: MintedToken,
    state: RefreshTokenRecord,
    rights: RefreshedRights,
    earlierAccessUntil = clock() + refreshGrace,
  ): Promise<IssuedTokens | undefined> => {
    const now = clock();
    const { grantId, proofKey, grantExpiresAt } = state;
    const grant = grantTo(state, grantId);
    const access = newAccessToken(grant, rights.access, { now, lifetime: accessTokenLifetime, grantExpiresAt });
    const refreshToken = mintRefreshToken(grantId, proofKey);
    const issued: IssuedTokens = {
      accessToken: access.text,
      refreshToken: refreshToken.text,
      expiresIn: access.expiresIn,
      scopes: rights.access.scopes,
    };
    const outcome = await store.rotate({
      spent: state.digest,
      access: access.record,
      refresh: {
        ...grant,
        digest: refreshToken.digest,
        scopes: rights.grant,
        expiresAt: Math.min(now + refreshTokenLifetime, grantExpiresAt),
        grantExpiresAt,
        proofKey,
        spent: {
          digest: presented.digest,
          sealedPair: refreshGrace === 0 ? '' : sealUnder(presented.text, JSON.stringify(issued)),
          until: Math.min(now + refreshGrace, state.expiresAt), // grace revives nothing that has expired
        },
      },
      earlierAccessUntil,
    });
    if (outcome === 'unknown') throw refused('revoked meanwhile');
    return outcome === 'rotated' ? issued : undefined;
  };

  /**
   * A refresh token that is not the live one: a repeat inside the grace window, a reuse, or a forgery. The first answer may
   * never have been confirmed, if the store was slow with it, so a repeat asks what is allowed as well.
   */
  const answerSpent = async (
    { text, digest }: MintedToken,
    state: RefreshTokenRecord,
    decide: RefreshDecision,
  ): Promise<IssuedTokens> => {
    const { grantId, proofKey, spent } = state;
    if (spent !== undefined && spent.digest === digest && clock() < spent.until) {
      const pair = openWith(text, spent.sealedPair);
      if (pair !== undefined) {
        const again: RefreshDecision = (grant) => decide(grant, 'repeat');
        const present = await again(state, 'repeat');
        if (await hasTooMuch(state, present)) return replace({ text, digest }, state, present, again);
        emit({ type: 'replay', ...factsOf(state) });
        // The text was sealed by `rotate` and is authenticated, so its shape is known.
        return JSON.parse(pair) as IssuedTokens;
      }
    }
    if (!provesIssue(text, proofKey)) throw refused('forged');
    emit({ type: 'reuse', ...factsOf(state) });
    const ended = await store.revokeGrant(grantId); // RFC 9700 §4.14.2
    if (ended) emit({ type: 'revoke', because: 'reuse', ends: 'grants', ...factsOf(state) });
    throw refused('reused');
  };

  /** Whether the access token of a grant may do what is not allowed by now. */
  const hasTooMuch = async ({ grantId }: RefreshTokenRecord, { access, grant }: RefreshedRights): Promise<boolean> => {
    const { access: held } = await store.heldAccess(grantId);
    if (held === undefined) return false;
    const isWithin = held.scopes.every((scope) => grant.includes(scope));
    return !isWithin || !held.subscriptions.every((api) => access.subscriptions.includes(api));
  };

  return refresh;
};
