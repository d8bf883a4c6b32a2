import { StoreUnavailableError } from '../../protocol/errors';
import type { GrantId } from '../../protocol/secrets';
import type { Clock, EpochSeconds } from '../../protocol/time';
import type { CodeRecord, CodeStore, HeldCode, SpendOutcome } from '../../tokens/code-store';

const MAX_CODES = 10_000;

interface Held {
  readonly code: CodeRecord;
  readonly keptUntil: EpochSeconds;
  state: HeldCode['state'];
  attempt?: string;
  wrongVerifiers: number;
}

/** Authorization codes in the memory of this process. */
export class MemoryCodeStore implements CodeStore {
  readonly #held = new Map<GrantId, Held>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async save(code: CodeRecord, keptUntil: EpochSeconds): Promise<void> {
    if (this.#held.size >= MAX_CODES) this.#sweep();
    if (this.#held.size >= MAX_CODES) throw new StoreUnavailableError('full');
    this.#held.set(code.grantId, { code, keptUntil, state: 'pending', wrongVerifiers: 0 });
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
    if (held.wrongVerifiers >= max) this.#held.delete(grantId);
  }

  #live(grantId: GrantId): Held | undefined {
    const held = this.#held.get(grantId);
    if (held === undefined) return undefined;
    const until = held.state === 'pending' ? held.code.expiresAt : held.keptUntil;
    return until > this.#clock() ? held : undefined;
  }

  #sweep(): void {
    for (const grantId of this.#held.keys()) if (this.#live(grantId) === undefined) this.#held.delete(grantId);
  }
}
