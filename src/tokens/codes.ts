import type { Emit } from '../events/emitter';
import { OAuthError } from '../protocol/errors';
import { isVerifierOf } from '../protocol/pkce';
import { equalDigests, mintCode, mintGrantId, randomText, readCode } from '../protocol/secrets';
import type { Clock, Seconds } from '../protocol/time';
import type { CodeRecord, CodeStore, HeldCode } from './code-store';
import { factsOf, isOfClient, type Grant } from './records';
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

export interface CodeServices {
  readonly store: CodeStore;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly revocation: Pick<Revocation, 'revokeGrant'>;
}

const refused = (cause: string): OAuthError =>
  new OAuthError(
    'invalid_grant',
    'The authorization code is unknown, expired or used, or was issued for another request.',
    {
      cause: new Error(cause),
    },
  );

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
   * @throws OAuthError `invalid_grant`
   */
  async redeem(presented: PresentedCode): Promise<CodeRecord> {
    const { store, emit, revocation } = this.#services;
    const { code, state } = await this.#find(presented.code);
    if (!isOfClient(code, presented.client)) throw refused('another client');
    if (code.redirectUri !== presented.redirectUri) throw refused('another redirect URI');
    if (!isVerifierOf(presented.verifier, code.challenge)) {
      if (state === 'pending') await store.countWrongVerifier(code.grantId, MAX_WRONG_VERIFIERS);
      throw refused('wrong verifier');
    }
    const outcome = await store.spend(code.grantId, randomText(12));
    if (outcome === 'reused') {
      emit({ type: 'reuse', ...factsOf(code) });
      await revocation.revokeGrant(code, 'reuse');
    }
    if (outcome !== 'spent') throw refused(outcome);
    return code;
  }

  /**
   * Checks whether a code was reused after it had been spent. Called once its tokens are stored: a reuse before that
   * found no tokens to end.
   */
  async wasReused({ grantId }: Pick<CodeRecord, 'grantId'>): Promise<boolean> {
    return (await this.#services.store.find(grantId))?.state === 'reused';
  }

  async #find(text: string): Promise<HeldCode> {
    const read = readCode(text);
    const held = read === undefined ? undefined : await this.#services.store.find(read.grantId);
    if (read === undefined || held === undefined || !equalDigests(held.code.digest, read.digest)) {
      throw refused('unknown');
    }
    return held;
  }
}
