import type { Emit } from '../events/emitter';
import { OAuthError } from '../protocol/errors';
import { isVerifierOf } from '../protocol/pkce';
import { equalDigests, mintCode, mintGrantId, randomText, readCode } from '../protocol/secrets';
import type { Clock, Seconds } from '../protocol/time';
import type { CodeRecord, CodeStore, HeldCode } from './code-store';
import { factsOf, isOfClient, type Grant } from './records';
import { refusedCode } from './refused-code';
import type { Revocation } from './revocation';

/** Lifetime of a code (RFC 6749 §4.1.2 recommends ten minutes at most). */
const CODE_LIFETIME: Seconds = 60;

/** How long it is known that a code was spent, so that a reuse ends what was issued for it. */
const SPENT_CODE_KEPT: Seconds = 600;

const MAX_WRONG_VERIFIERS = 10;

/** Codes that a user may be issued for one client within the lifetime of a code. */
const MAX_CODES_OF_USER_AND_CLIENT = 30;

const tooManyCodes = (): OAuthError =>
  new OAuthError(
    'temporarily_unavailable',
    `The application has requested more than ${MAX_CODES_OF_USER_AND_CLIENT} authorization codes of this user within ${CODE_LIFETIME} seconds.`,
    { status: 429, headers: { 'Retry-After': String(CODE_LIFETIME) } },
  );

/** Everything that a new code is bound to. */
export type CodeRequest = Omit<CodeRecord, 'grantId' | 'digest' | 'expiresAt'>;

/** A code as a token request presents it, after the client has authenticated. */
export interface PresentedCode {
  readonly code: string;
  readonly client: Pick<Grant, 'clientId' | 'organization'>;
  readonly redirectUri: string;
  readonly verifier: string;
}

/** A code that was spent by this call, and what was decided before. */
export interface Redeemed<D> {
  readonly code: CodeRecord;
  readonly decision: D;
}

export interface CodeServices {
  readonly store: CodeStore;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly revocation: Pick<Revocation, 'revokeGrant'>;
}

/** Issues and redeems authorization codes (RFC 6749 §4.1). */
export class Codes {
  readonly #services: CodeServices;

  constructor(services: CodeServices) {
    this.#services = services;
  }

  /**
   * Issues a code. @returns its text, for the client
   * @throws OAuthError `temporarily_unavailable` (429) if the user was just issued too many codes of the client
   */
  async issue(request: CodeRequest): Promise<string> {
    const { store, clock, emit } = this.#services;
    const grantId = mintGrantId();
    const { text, digest } = mintCode(grantId);
    const now = clock();
    const terms = { keptUntil: now + SPENT_CODE_KEPT, maxOfUserAndClient: MAX_CODES_OF_USER_AND_CLIENT };
    const saved = await store.save({ ...request, grantId, digest, expiresAt: now + CODE_LIFETIME }, terms);
    if (saved === 'limited') {
      emit({ type: 'limit', limit: 'codesPerUserAndClient', clientId: request.clientId, subject: request.subject });
      throw tooManyCodes();
    }
    return text;
  }

  /**
   * Spends a code, once. Only the client that it was issued to, with the right redirect URI and verifier, can spend it;
   * if such a request repeats it, the grant ends.
   * @param decide is called before a code is spent, and throws to leave it unspent
   * @throws OAuthError `invalid_grant`
   */
  async redeem<D extends object>(
    presented: PresentedCode,
    decide: (code: CodeRecord) => Promise<D>,
  ): Promise<Redeemed<D>> {
    const { store, emit, revocation } = this.#services;
    const { code, state } = await this.#findFor(presented);
    // Whether a repeat could have rights does not matter: it ends the grant.
    const decision = state === 'pending' ? await decide(code) : undefined;
    const outcome = await store.spend(code.grantId, randomText(12));
    if (outcome === 'reused') {
      emit({ type: 'reuse', ...factsOf(code) });
      await revocation.revokeGrant(code, 'reuse');
    }
    if (outcome !== 'spent' || decision === undefined) throw refusedCode(outcome);
    return { code, decision };
  }

  /**
   * Returns the state of a redeemed code; `ended` if it is no longer stored. To be called once its tokens are stored: a
   * reuse before that found no tokens to end.
   */
  async findFreshState({ grantId }: Pick<CodeRecord, 'grantId'>): Promise<HeldCode['state'] | 'ended'> {
    return (await this.#services.store.find(grantId))?.state ?? 'ended';
  }

  /** Returns the code that a request presents, if it presents everything that the code is bound to. */
  async #findFor({ code: text, client, redirectUri, verifier }: PresentedCode): Promise<HeldCode> {
    const held = await this.#find(text);
    const { code, state } = held;
    if (!isOfClient(code, client)) throw refusedCode('another client');
    if (code.redirectUri !== redirectUri) throw refusedCode('another redirect URI');
    if (isVerifierOf(verifier, code.challenge)) return held;
    if (state === 'pending') await this.#services.store.countWrongVerifier(code.grantId, MAX_WRONG_VERIFIERS);
    throw refusedCode('wrong verifier');
  }

  async #find(text: string): Promise<HeldCode> {
    const read = readCode(text);
    const held = read === undefined ? undefined : await this.#services.store.find(read.grantId);
    if (read === undefined || held === undefined || !equalDigests(held.code.digest, read.digest)) {
      throw refusedCode('unknown');
    }
    return held;
  }
}
