import { StoreUnavailableError } from '../../protocol/errors';
import type { GrantId } from '../../protocol/secrets';
import type { Clock, EpochSeconds } from '../../protocol/time';
import type { CodeRecord, CodeSaved, CodeStore, CodeTerms, HeldCode, SpendOutcome } from '../../tokens/code-store';
import { KeysByOwner } from './keys-by-owner';
import type { HeldPrincipal, HeldPrincipals } from './principals';

const MAX_CODES = 10_000;

/** Codes of one user, spent ones included. At this number, the oldest makes room for a new one. */
const MAX_CODES_OF_USER = 200;

interface Held {
  readonly code: CodeRecord;
  readonly keptUntil: EpochSeconds;
  readonly principals: readonly HeldPrincipal[];
  state: HeldCode['state'];
  attempt?: string;
  wrongVerifiers: number;
}

/** Authorization codes in the memory of this process. */
export class MemoryCodeStore implements CodeStore {
  readonly #held = new Map<GrantId, Held>();
  readonly #ofUsers = new KeysByOwner<GrantId>();
  readonly #clock: Clock;
  readonly #principals: HeldPrincipals;

  /** @param principals shared with the store of tokens, so that codes end with their principals */
  constructor(clock: Clock, principals: HeldPrincipals) {
    this.#clock = clock;
    this.#principals = principals;
  }

  async save(code: CodeRecord, { keptUntil, maxOfUserAndClient }: CodeTerms): Promise<CodeSaved> {
    if (this.#countOf(code) >= maxOfUserAndClient) return 'limited';
    this.#makeRoom(code.subject);
    const principals = this.#principals.addCode(code);
    this.#held.set(code.grantId, { code, keptUntil, principals, state: 'pending', wrongVerifiers: 0 });
    this.#ofUsers.add(code.subject, code.grantId);
    return 'stored';
  }

  async find(grantId: GrantId): Promise<HeldCode | undefined> {
    const held = this.#live(grantId);
    return held && { code: held.code, state: held.state };
  }

  async spend(grantId: GrantId, attempt: string): Promise<SpendOutcome> {
    const held = this.#live(grantId);
    if (held === undefined) return 'unknown';
    if (held.state === 'pending') {
      held.state = 'spent';
      held.attempt = attempt;
    }
    if (held.attempt === attempt) return 'spent';
    held.state = 'reused';
    return 'reused';
  }

  async countWrongVerifier(grantId: GrantId, max: number): Promise<void> {
    const held = this.#live(grantId);
    if (held?.state !== 'pending') return;
    held.wrongVerifiers += 1;
    if (held.wrongVerifiers >= max) this.#delete(grantId);
  }

  /** Counts the codes of a user and client that have not expired. */
  #countOf({ subject, clientId }: CodeRecord): number {
    const now = this.#clock();
    let count = 0;
    for (const grantId of this.#ofUsers.of(subject)) {
      const code = this.#held.get(grantId)?.code;
      if (code?.clientId === clientId && code.expiresAt > now) count += 1;
    }
    return count;
  }

  #live(grantId: GrantId): Held | undefined {
    const held = this.#held.get(grantId);
    if (held === undefined || held.principals.some(({ hasEnded }) => hasEnded)) return undefined;
    const until = held.state === 'pending' ? held.code.expiresAt : held.keptUntil;
    return until > this.#clock() ? held : undefined;
  }

  #makeRoom(subject: string): void {
    const oldest = this.#ofUsers.oldestOf(subject, MAX_CODES_OF_USER);
    if (oldest !== undefined) this.#delete(oldest);
    if (this.#held.size >= MAX_CODES) this.#sweep();
    if (this.#held.size >= MAX_CODES) throw new StoreUnavailableError('full');
  }

  #sweep(): void {
    for (const grantId of this.#held.keys()) if (this.#live(grantId) === undefined) this.#delete(grantId);
  }

  #delete(grantId: GrantId): void {
    const held = this.#held.get(grantId);
    if (held === undefined) return;
    this.#held.delete(grantId);
    this.#ofUsers.delete(held.code.subject, grantId);
    this.#principals.removeCode(held.principals);
  }
}
