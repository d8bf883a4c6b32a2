import { temporarilyUnavailable } from '../protocol/errors';
import { sealUnder } from '../protocol/sealing';
import type { Digest } from '../protocol/secrets';
import type { Clock, EpochSeconds } from '../protocol/time';
import type { IssuedTokens, TokenLifetimes } from './issued-tokens';
import type { RefreshTokenRecord, SpentToken } from './records';
import type { SentToken } from './refresh-request';
import { areEqual, type RefreshedRights } from './refreshed-rights';
import { refusedRefresh } from './refused-refresh';
import { newSuccessors } from './successors';
import type { TokenStore } from './token-store';

export interface RotationServices {
  readonly store: TokenStore;
  readonly lifetimes: TokenLifetimes;
  readonly clock: Clock;
}

/** A rotation to make: the token that it replaces, and the rights of the new tokens. */
export interface RotationPlan {
  readonly live: RefreshTokenRecord;
  readonly rights: RefreshedRights;
  /** Instant until which the replaced access token is still accepted. */
  readonly previousAccessUntil: EpochSeconds;
  /** Instant until which a repeat of the request gets the same tokens. */
  readonly repeatableUntil: EpochSeconds;
}

// Rights that differ at this many checks keep changing.
const MAX_CHECKS = 5;

/**
 * Rotates, and then checks that the rights of the new pair still hold. A pair with other rights has not been sent to
 * any client: another pair replaces it, which ends its access token, and a repeat of the request gets the replacement.
 */
export class ConfirmedRotation {
  readonly #services: RotationServices;
  readonly #sent: SentToken;
  readonly #live: RefreshTokenRecord;
  readonly #repeatableUntil: EpochSeconds;
  /** The refresh token that the next rotation replaces. */
  #replaced: Digest;
  #rights: RefreshedRights;
  #previousAccessUntil: EpochSeconds;

  constructor(services: RotationServices, sent: SentToken, plan: RotationPlan) {
    this.#services = services;
    this.#sent = sent;
    this.#live = plan.live;
    this.#repeatableUntil = plan.repeatableUntil;
    this.#replaced = plan.live.digest;
    this.#rights = plan.rights;
    this.#previousAccessUntil = plan.previousAccessUntil;
  }

  /**
   * @returns the tokens for the client; `undefined` if another request was faster
   * @throws OAuthError `invalid_grant` if the grant ended, or the new refresh token was used, in the meantime;
   *   `temporarily_unavailable` if the rights changed at every check
   */
  async run(): Promise<IssuedTokens | undefined> {
    let issued = await this.#rotate();
    if (issued === undefined) return undefined;
    for (let checks = 0; checks < MAX_CHECKS; checks += 1) {
      if (await this.#isConfirmed()) return issued;
      issued = await this.#rotate();
      if (issued === undefined) throw refusedRefresh('used before the response was sent');
    }
    await this.#services.store.revokeAccess(this.#live.grantId);
    throw temporarilyUnavailable('rights_changed', new Error('the rights of a refresh changed at every check'));
  }

  /** @returns `undefined` if another request was faster */
  async #rotate(): Promise<IssuedTokens | undefined> {
    const { store, lifetimes, clock } = this.#services;
    const { access, refresh, issued } = newSuccessors(this.#live, this.#rights, { now: clock(), lifetimes });
    const outcome = await store.rotate({
      spent: this.#replaced,
      access,
      refresh: { ...refresh, spent: this.#spentFor(issued) },
      previousAccessUntil: this.#previousAccessUntil,
    });
    if (outcome === 'unknown') throw refusedRefresh('revoked meanwhile');
    if (outcome !== 'rotated') return undefined;
    this.#replaced = refresh.digest;
    return issued;
  }

  #spentFor(issued: IssuedTokens): SpentToken {
    const { text, digest, requestedText } = this.#sent;
    const { refreshGrace } = this.#services.lifetimes;
    return {
      digest,
      // Sealed with the requested values: a request for other values cannot open it.
      sealedPair: refreshGrace === 0 ? '' : sealUnder(text, JSON.stringify(issued), requestedText),
      until: this.#repeatableUntil,
    };
  }

  /**
   * Decides again; if the rights differ, the next rotation issues the present ones and ends the unsent access token.
   */
  async #isConfirmed(): Promise<boolean> {
    const present = await this.#decideAgain();
    if (areEqual(present.access, this.#rights.access)) return true;
    this.#rights = present;
    this.#previousAccessUntil = this.#services.clock();
    return false;
  }

  /**
   * A failure ends the access tokens of the grant: a repeat must not get an access token that was never confirmed.
   */
  #decideAgain(): Promise<RefreshedRights> {
    return this.#sent.decide(this.#live).catch(async (error: unknown) => {
      await this.#services.store.revokeAccess(this.#live.grantId).catch(() => undefined);
      throw error;
    });
  }
}
