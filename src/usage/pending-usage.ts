import type { Pending } from '../events/batch';
import type { EpochSeconds, Milliseconds } from '../protocol/time';
import type { Environment } from '../tokens/records';
import { refusalKey } from './refusal-key';
import { MAX_RECENT_REFUSALS, type RecentRefusal, type RefusalFacts } from './refusal-store';
import { countOne, emptyTally, type Outcome } from './tally';
import type { UsageCount } from './usage-store';

/** Number of tallies that wait to be written: one for each client, API and minute. */
export const MAX_PENDING_TALLIES = 10_000;

/** Number of different refusals that wait to be written, for all clients. */
export const MAX_PENDING_REFUSALS = 2_000;

/** The client of a request, as its token names it. */
export interface UsageClient {
  readonly clientId: string;
  readonly environment: Environment;
}

/** Counts of one client, API and minute that are not written yet. */
export interface PendingCount extends UsageCount {
  readonly clientId: string;
  readonly tally: number[];
}

type ByClient = Map<string, PendingCount>;

/** Counts and refusals that are not written yet. What exceeds its limits is dropped. */
export class PendingUsage implements Pending {
  /** By minute, API and client. */
  readonly #counts = new Map<EpochSeconds, Map<string, ByClient>>();
  /** By client, then by their facts. */
  readonly #refusals = new Map<string, Map<string, RecentRefusal>>();
  #tallies = 0;
  #refusalCount = 0;

  get size(): number {
    return this.#tallies + this.#refusalCount;
  }

  /** Number of tallies, which is limited. */
  get tallies(): number {
    return this.#tallies;
  }

  /** Counts one request. @returns false if it was dropped */
  count(at: EpochSeconds, api: string, client: UsageClient, outcome: Outcome, duration?: Milliseconds): boolean {
    const tally = this.#tallyOf(at, api, client);
    if (tally !== undefined) countOne(tally, outcome, duration);
    return tally !== undefined;
  }

  note({ clientId }: UsageClient, facts: RefusalFacts, at: EpochSeconds): void {
    const ofClient = this.#refusals.get(clientId) ?? new Map<string, RecentRefusal>();
    const key = refusalKey(facts);
    const known = ofClient.get(key);
    if (known === undefined) {
      if (ofClient.size >= MAX_RECENT_REFUSALS || this.#refusalCount >= MAX_PENDING_REFUSALS) return;
      this.#refusalCount += 1;
      this.#refusals.set(clientId, ofClient);
    }
    ofClient.set(key, { ...facts, count: (known?.count ?? 0) + 1, at });
  }

  *counts(): Generator<PendingCount> {
    for (const ofMinute of this.#counts.values()) for (const ofApi of ofMinute.values()) yield* ofApi.values();
  }

  *refusals(): Generator<readonly [clientId: string, refusals: readonly RecentRefusal[]]> {
    for (const [clientId, ofClient] of this.#refusals) yield [clientId, [...ofClient.values()]];
  }

  #tallyOf(at: EpochSeconds, api: string, client: UsageClient): number[] | undefined {
    const known = this.#counts.get(at)?.get(api)?.get(client.clientId);
    return known === undefined ? this.#begin(at, api, client) : known.tally;
  }

  #begin(at: EpochSeconds, api: string, { clientId, environment }: UsageClient): number[] | undefined {
    if (this.#tallies >= MAX_PENDING_TALLIES) return undefined;
    this.#tallies += 1;
    const ofMinute = this.#counts.get(at) ?? new Map<string, ByClient>();
    this.#counts.set(at, ofMinute);
    const ofApi: ByClient = ofMinute.get(api) ?? new Map();
    ofMinute.set(api, ofApi);
    const tally = emptyTally();
    ofApi.set(clientId, { clientId, environment, api, at, tally });
    return tally;
  }
}
