import { randomText } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';
import type { AuditEntry, AuditFact } from './audit-log';
import { shareOf } from './audit-shares';

/** A fact that is waiting to be written. */
export interface PendingFact {
  readonly fact: AuditFact;
  readonly entry: AuditEntry;
  count: number;
}

const MAX_PENDING = 500;
const MAX_SUMMARIES = 500;

const keyOf = (fact: AuditFact): string => {
  const { action, actor, target, clientId, network, detail, organization } = fact;
  return JSON.stringify([action, actor, target, clientId, network, detail, organization]);
};

/**
 * Facts of one batch. Equal facts become one entry with a count. Above 500 different facts, the newest facts of the
 * actor with the most entries are summarized: one entry per action, without target and detail, with a count.
 */
export class PendingFacts {
  readonly #entries = new Map<string, PendingFact>();
  readonly #summaries = new Map<string, PendingFact>();
  /** Keys of entries by actor, newest last. */
  readonly #shares = new Map<string, string[]>();
  #dropped = 0;

  /** Number of facts that are in no entry and in no count, because there were too many summaries. */
  get dropped(): number {
    return this.#dropped;
  }

  get size(): number {
    return this.#entries.size + this.#summaries.size;
  }

  add(fact: AuditFact, at: EpochSeconds): void {
    const key = keyOf(fact);
    const existing = this.#entries.get(key);
    if (existing !== undefined) {
      existing.count += 1;
      return;
    }
    const share = shareOf(fact);
    if (this.#entries.size >= MAX_PENDING && !this.#makeRoomFor(share)) {
      this.#summarize(fact, at, 1);
      return;
    }
    this.#entries.set(key, { fact, entry: this.#entryOf(fact, at), count: 1 });
    const keys = this.#shares.get(share);
    if (keys === undefined) this.#shares.set(share, [key]);
    else keys.push(key);
  }

  all(): readonly PendingFact[] {
    return [...this.#entries.values(), ...this.#summaries.values()];
  }

  /**
   * Moves the newest entry of the largest share to the summaries. Returns `false` and moves nothing if `share` would
   * become as large as the largest one by its new entry.
   */
  #makeRoomFor(share: string): boolean {
    let largest: readonly [share: string, keys: string[]] | undefined;
    for (const candidate of this.#shares) {
      if (largest === undefined || candidate[1].length > largest[1].length) largest = candidate;
    }
    const own = this.#shares.get(share)?.length ?? 0;
    if (largest === undefined || largest[1].length <= own + 1) return false;
    const key = largest[1].pop();
    const removed = key === undefined ? undefined : this.#entries.get(key);
    if (key === undefined || removed === undefined) return false;
    this.#entries.delete(key);
    this.#summarize(removed.fact, removed.entry.at, removed.count);
    return true;
  }

  #summarize({ target: _target, detail: _detail, ...fact }: AuditFact, at: EpochSeconds, count: number): void {
    const key = keyOf(fact);
    const existing = this.#summaries.get(key);
    if (existing !== undefined) existing.count += count;
    else if (this.#summaries.size >= MAX_SUMMARIES) this.#dropped += count;
    else this.#summaries.set(key, { fact, entry: this.#entryOf(fact, at), count });
  }

  #entryOf({ organization: _organization, ...fact }: AuditFact, at: EpochSeconds): AuditEntry {
    return { id: randomText(9), at, ...fact };
  }
}
