import { OAuthError, temporarilyUnavailable } from '../protocol/errors';
import type { Emit } from '../events/emitter';
import type { Scope } from '../protocol/scope';
import { mintRefreshToken, provesIssue, readRefreshToken, type Digest } from '../protocol/secrets';
import { openWith, sealUnder } from '../protocol/sealing';
import type { Clock, EpochSeconds } from '../protocol/time';
import { grantTo, newAccessToken, type IssuedTokens, type Rights, type TokenLifetimes } from './issued-tokens';
import { factsOf, type RefreshTokenRecord, type SpentToken } from './records';
import { askedText, type RefreshRequest } from './refresh-request';
import { createRevocation } from './revocation';
import type { TokenStore } from './token-store';

/**
 * Decides which rights a refresh of this grant gives now. Throws to refuse; before the rotation, that spends nothing.
 */
export type RefreshDecision = (grant: RefreshTokenRecord) => Promise<RefreshedRights>;

export interface RefreshedRights {
  /** Rights of the new access token. */
  readonly access: Rights;
  /** Scopes that the grant keeps. */
  readonly grant: Scope;
}

/** @throws OAuthError `invalid_grant` for a token that is not this client's live refresh token. */
export type Refresh = (request: RefreshRequest, decide: RefreshDecision) => Promise<IssuedTokens>;

/** A refresh token that was sent, and the values requested with it. */
interface Use {
  readonly text: string;
  readonly digest: Digest;
  /** `askedText` of the request. */
  readonly asked: string;
  readonly decide: RefreshDecision;
}

/** Instants until which the tokens that a rotation replaces are still accepted. */
interface Window {
  readonly earlierAccessUntil: EpochSeconds;
  readonly repeatableUntil: EpochSeconds;
}

interface Rotated {
  readonly issued: IssuedTokens;
  readonly digest: Digest;
}

// The same description for every reason, so that a caller learns nothing by trying (RFC 6749 §5.2).
const refused = (reason: string): OAuthError =>
  new OAuthError('invalid_grant', 'The refresh token is invalid, expired, revoked or was issued to another client.', {
    cause: new Error(reason),
  });

// The loser of a race finds the winner's rotation at its second read; more reads mean that the store does not settle.
const MAX_READS = 3;

// Rights that differ at this many checks keep changing.
const MAX_ROTATIONS = 5;

const areEqual = (left: Rights, right: Rights): boolean =>
  left.scopes.join(' ') === right.scopes.join(' ') && left.subscriptions.join(' ') === right.subscriptions.join(' ');

/**
 * Implements refresh token rotation (RFC 9700 §4.14.2): a token is used once, a repeat within the grace window is
 * answered again, and a reuse ends the grant.
 */
export const createRefresh = (store: TokenStore, lifetimes: TokenLifetimes, clock: Clock, emit: Emit): Refresh => {
  const { accessTokenLifetime, refreshTokenLifetime, refreshGrace } = lifetimes;
  const revocation = createRevocation(store, emit);

  /** @returns `undefined` if another request was faster. */
  const rotate = async (
    { text, digest, asked }: Use,
    replaced: RefreshTokenRecord,
    rights: RefreshedRights,
    { earlierAccessUntil, repeatableUntil }: Window,
  ): Promise<Rotated | undefined> => {
    const now = clock();
    const { grantId, proofKey, grantExpiresAt } = replaced;
    const grant = grantTo(replaced, grantId);
    const access = newAccessToken(grant, rights.access, { now, lifetime: accessTokenLifetime, grantExpiresAt });
    const refreshToken = mintRefreshToken(grantId, proofKey);
    const issued: IssuedTokens = {
      accessToken: access.text,
      refreshToken: refreshToken.text,
      expiresIn: access.expiresIn,
      scopes: rights.access.scopes,
    };
    const outcome = await store.rotate({
      spent: replaced.digest,
      access: access.record,
      refresh: {
        ...grant,
        digest: refreshToken.digest,
        scopes: rights.grant,
        expiresAt: Math.min(now + refreshTokenLifetime, grantExpiresAt),
        grantExpiresAt,
        proofKey,
        spent: {
          digest,
          // Sealed with the requested values: a request for other values cannot open it.
          sealedPair: refreshGrace === 0 ? '' : sealUnder(text, JSON.stringify(issued), asked),
          until: repeatableUntil,
        },
      },
      earlierAccessUntil,
    });
    if (outcome === 'unknown') throw refused('revoked meanwhile');
    return outcome === 'rotated' ? { issued, digest: refreshToken.digest } : undefined;
  };

  /**
   * Decides again after a rotation. A failure ends the access tokens of the grant: a repeat must not be answered with
   * an access token that was never confirmed.
   */
  const decideAgain = ({ decide }: Use, state: RefreshTokenRecord): Promise<RefreshedRights> =>
    decide(state).catch(async (error: unknown) => {
      await store.revokeAccess(state.grantId).catch(() => undefined);
      throw error;
    });

  /**
   * Rotates and then checks that the rights still hold. If the pair has too many rights, it has not been sent to any
   * client: another pair replaces it, which ends its access token, and a repeat of the request gets the replacement.
   *
   * @returns `undefined` if another request was faster.
   */
  const rotateAndConfirm = async (
    use: Use,
    live: RefreshTokenRecord,
    decided: RefreshedRights,
    window: Window,
  ): Promise<IssuedTokens | undefined> => {
    let rotated = await rotate(use, live, decided, window);
    if (rotated === undefined) return undefined;
    let given = decided;
    for (let rotations = 1; rotations <= MAX_ROTATIONS; rotations += 1) {
      const present = await decideAgain(use, live);
      if (areEqual(present.access, given.access)) return rotated.issued;
      const unsent = { ...live, digest: rotated.digest };
      rotated = await rotate(use, unsent, present, { ...window, earlierAccessUntil: clock() });
      if (rotated === undefined) throw refused('used before it was answered');
      given = present;
    }
    await store.revokeAccess(live.grantId);
    throw temporarilyUnavailable(new Error('the rights of a refresh changed at every check'));
  };

  /** True if the access token of a grant has rights that are no longer allowed. */
  const hasTooMuch = async ({ grantId }: RefreshTokenRecord, { access }: RefreshedRights): Promise<boolean> => {
    const { access: held } = await store.heldAccess(grantId);
    if (held === undefined) return false;
    const isWithin = held.scopes.every((scope) => access.scopes.includes(scope));
    return !isWithin || !held.subscriptions.every((api) => access.subscriptions.includes(api));
  };

  const useLive = async (use: Use, live: RefreshTokenRecord): Promise<IssuedTokens | undefined> => {
    const decided = await use.decide(live);
    const graceEndsAt = clock() + refreshGrace;
    // The grace window does not revive an expired token.
    const window = { earlierAccessUntil: graceEndsAt, repeatableUntil: Math.min(graceEndsAt, live.expiresAt) };
    const issued = await rotateAndConfirm(use, live, decided, window);
    if (issued !== undefined) emit({ type: 'refresh', ...factsOf(live), scopes: issued.scopes });
    return issued;
  };

  /**
   * Answers a repeat with the pair of the first response. If the store was slow, that pair may never have been
   * confirmed, so the rights are checked here as well.
   */
  const repeat = async (
    use: Use,
    live: RefreshTokenRecord,
    { sealedPair, until }: SpentToken,
  ): Promise<IssuedTokens | undefined> => {
    const pair = openWith(use.text, sealedPair, use.asked);
    // Two different requests may race, so this does not end the grant; it gives nothing that the first did not request.
    if (pair === undefined) throw refused('another request inside the grace window');
    const present = await use.decide(live);
    if (await hasTooMuch(live, present)) {
      const issued = await rotateAndConfirm(use, live, present, {
        earlierAccessUntil: clock(),
        repeatableUntil: until,
      });
      if (issued !== undefined) {
        emit({ type: 'replay', ...factsOf(live), answer: 'replaced', scopes: issued.scopes });
      }
      return issued;
    }
    // The text was sealed by `rotate` and is authenticated, so its shape is known.
    const issued = JSON.parse(pair) as IssuedTokens;
    emit({ type: 'replay', ...factsOf(live), answer: 'same', scopes: issued.scopes });
    return issued;
  };

  /** Handles a refresh token that is not the live one: a repeat within the grace window, a reuse, or a forgery. */
  const useSpent = async (use: Use, live: RefreshTokenRecord): Promise<IssuedTokens | undefined> => {
    const { proofKey, spent } = live;
    if (spent?.digest === use.digest && clock() < spent.until) return repeat(use, live, spent);
    if (!provesIssue(use.text, proofKey)) throw refused('forged');
    emit({ type: 'reuse', ...factsOf(live) });
    await revocation.revokeGrant(live, 'reuse'); // RFC 9700 §4.14.2
    throw refused('reused');
  };

  return async ({ refreshToken, clientId, asked }, decide) => {
    const token = readRefreshToken(refreshToken);
    if (token === undefined) throw refused('malformed');
    const use: Use = { text: refreshToken, digest: token.digest, asked: askedText(asked), decide };
    for (let read = 0; read < MAX_READS; read += 1) {
      const live = await store.findRefresh(token.grantId);
      if (live === undefined) throw refused('unknown');
      // Checked before reuse: a client that presents another client's token must not be able to end the owner's grant.
      if (live.clientId !== clientId) throw refused('another client');
      const issued = await (live.digest === token.digest ? useLive(use, live) : useSpent(use, live));
      if (issued !== undefined) return issued;
    }
    throw refused('lost every race');
  };
};
