import { randomText } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';
import type { AuditEntry, AuditFact } from './audit-log';
import { shareOf } from './audit-shares';

/** A fact that waits to be written. */
export interface PendingFact {
  readonly fact: AuditFact;
  readonly entry: AuditEntry;
  count: number;
}

const MAX_PENDING = 500;
const MAX_SUMMARIES = 500;

const nameOf = (fact: AuditFact): string => {
  const { action, actor, target, clientId, network, detail, organization } = fact;
  return JSON.stringify([action, actor, target, clientId, network, detail, organization]);
};

/**
 * Facts of one batch. Equal ones are one entry with a count. When there are too many different ones, the actor that causes the most
 * gives way: its newest facts become one entry for each action, without target and detail, and with a count.
 */
export class PendingFacts {
  readonly #entries = new Map<string, PendingFact>();
  readonly #summaries = new Map<string, PendingFact>();
  /** Names of entries by who caused them, the newest last. */
  readonly #shares = new Map<string, string[]>();
  #dropped = 0;

  /** How many facts are in no entry and in no count. */
  get dropped(): number {
    return this.#dropped;
  }

  get size(): number {
    return this.#entries.size + this.#summaries.size;
  }

  add(fact: AuditFact, at: EpochSeconds): void {
    const name = nameOf(fact);
    const known = this.#entries.get(name);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    const share = shareOf(fact);
    if (this.#entries.size >= MAX_PENDING && !this.#makeRoomFor(share)) {
      this.#summarize(fact, at, 1);
      return;
    }
    this.#entries.set(name, { fact, entry: this.#entryOf(fact, at), count: 1 });
    const names = this.#shares.get(share);
    if (names === undefined) this.#shares.set(share, [name]);
    else names.push(name);
  }

  all(): readonly PendingFact[] {
    return [...this.#entries.values(), ...this.#summaries.values()];
  }

  /** Takes an entry from the largest share, unless this one would be as large then. */
  #makeRoomFor(share: string): boolean {
    let largest: readonly [share: string, names: string[]] | undefined;
    for (const candidate of this.#shares) {
      if (largest === undefined || candidate[1].length > largest[1].length) largest = candidate;
    }
    const own = this.#shares.get(share)?.length ?? 0;
    if (largest === undefined || largest[1].length <= own + 1) return false;
    const name = largest[1].pop();
    const removed = name === undefined ? undefined : this.#entries.get(name);
    if (name === undefined || removed === undefined) return false;
    this.#entries.delete(name);
    this.#summarize(removed.fact, removed.entry.at, removed.count);
    return true;
  }

  #summarize({ target: _target, detail: _detail, ...fact }: AuditFact, at: EpochSeconds, count: number): void {
    const name = nameOf(fact);
    const known = this.#summaries.get(name);
    if (known !== undefined) known.count += count;
    else if (this.#summaries.size >= MAX_SUMMARIES) this.#dropped += count;
    else this.#summaries.set(name, { fact, entry: this.#entryOf(fact, at), count });
  }

  #entryOf({ organization: _organization, ...fact }: AuditFact, at: EpochSeconds): AuditEntry {
    return { id: randomText(9), at, ...fact };
  }
}
