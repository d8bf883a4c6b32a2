import { LRUCache } from 'lru-cache';
import type { Clock } from '../../protocol/time';
import {
  MAX_LINKS_PER_ACCOUNT,
  REMEMBERED_FOR,
  type Count,
  type FailureCounters,
  type Limits,
  type Rule,
} from '../../throttle/failure-counters';

const MOST_COUNTERS = 100_000;

/** Failures in this process's memory, a bounded number of counters: the least recently used one goes first. */
export class MemoryFailureCounters implements FailureCounters {
  readonly #limits: Limits;
  readonly #counts: LRUCache<string, number>;
  readonly #remembered: LRUCache<string, true>;
  readonly #linked: LRUCache<string, readonly string[]>;

  constructor(limits: Limits, clock: Clock) {
    this.#limits = limits;
    const perf = { now: () => clock() * 1000 };
    this.#counts = new LRUCache({ max: MOST_COUNTERS, ttl: 1, ttlResolution: 0, noUpdateTTL: true, perf });
    this.#linked = new LRUCache({
      max: MOST_COUNTERS,
      ttl: limits.accountAndAddress.window * 1000,
      ttlResolution: 0,
      perf,
    });
    this.#remembered = new LRUCache({ max: MOST_COUNTERS, ttl: REMEMBERED_FOR * 1000, ttlResolution: 0, perf });
  }

  async add(rule: Rule, key: string): Promise<Count> {
    const name = `${rule}:${key}`;
    const failures = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, failures, { ttl: this.#limits[rule].window * 1000 });
    return { failures, endsIn: this.#counts.getRemainingTTL(name) };
  }

  async takeBack(rule: Rule, key: string): Promise<void> {
    const name = `${rule}:${key}`;
    const failures = this.#counts.get(name);
    if (failures !== undefined && failures > 0) this.#counts.set(name, failures - 1);
  }

  async clear(rule: Rule, key: string): Promise<void> {
    this.#counts.delete(`${rule}:${key}`);
  }

  async remember(key: string): Promise<void> {
    this.#remembered.set(key, true);
  }

  async isRemembered(key: string): Promise<boolean> {
    return this.#remembered.has(key);
  }

  async link(account: string, key: string): Promise<void> {
    const linked = this.#linked.get(account) ?? [];
    this.#linked.set(account, [...linked.filter((other) => other !== key), key].slice(-MAX_LINKS_PER_ACCOUNT));
  }

  async linkedTo(account: string): Promise<readonly string[]> {
    return this.#linked.get(account) ?? [];
  }
}
