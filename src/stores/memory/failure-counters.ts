import { LRUCache } from 'lru-cache';
import { entryLimit } from '../../protocol/entry-limit';
import type { Clock } from '../../protocol/time';
import {
  MAX_LINKS_PER_ACCOUNT,
  MAX_NETWORKS_PER_ACCOUNT,
  SIGN_INS_RECORDED_FOR,
  type Count,
  type FailureCounters,
  type Limits,
  type Rule,
} from '../../throttle/failure-counters';

const MAX_COUNTERS_OF_A_RULE = 100_000;
const MAX_ACCOUNTS = 100_000;

/**
 * Failure counters in the memory of this process. Each rule has a bounded number of counters: the least recently used
 * one of the rule is evicted first.
 */
export class MemoryFailureCounters implements FailureCounters {
  readonly #limits: Limits;
  readonly #perf: { readonly now: () => number };
  readonly #counts = new Map<Rule, LRUCache<string, number>>();
  readonly #networks: LRUCache<string, readonly string[]>;
  readonly #linked: LRUCache<string, readonly string[]>;

  constructor(limits: Limits, clock: Clock) {
    this.#limits = limits;
    this.#perf = { now: () => clock() * 1000 };
    const ofAccounts = { ...entryLimit(MAX_ACCOUNTS), ttlResolution: 0, perf: this.#perf };
    this.#linked = new LRUCache({ ...ofAccounts, ttl: limits.accountAndAddress.window * 1000 });
    this.#networks = new LRUCache({ ...ofAccounts, ttl: SIGN_INS_RECORDED_FOR * 1000 });
  }

  async add(rule: Rule, key: string): Promise<Count> {
    const counts = this.#countsOf(rule);
    const failures = (counts.get(key) ?? 0) + 1;
    counts.set(key, failures);
    return { failures, endsIn: counts.getRemainingTTL(key) };
  }

  async find(rule: Rule, key: string): Promise<Count | undefined> {
    const counts = this.#countsOf(rule);
    const failures = counts.get(key);
    return failures === undefined ? undefined : { failures, endsIn: counts.getRemainingTTL(key) };
  }

  async takeBack(rule: Rule, key: string): Promise<void> {
    const counts = this.#countsOf(rule);
    const failures = counts.get(key);
    if (failures !== undefined && failures > 1) counts.set(key, failures - 1);
    else counts.delete(key);
  }

  async clear(rule: Rule, key: string): Promise<void> {
    this.#countsOf(rule).delete(key);
  }

  async recordSignIn(account: string, key: string): Promise<void> {
    const networks = this.#networks.get(account) ?? [];
    this.#networks.set(account, [...networks.filter((other) => other !== key), key].slice(-MAX_NETWORKS_PER_ACCOUNT));
  }

  async hasSignedIn(account: string, key: string): Promise<boolean> {
    return this.#networks.get(account)?.includes(key) === true;
  }

  async link(account: string, key: string): Promise<void> {
    const linked = this.#linked.get(account) ?? [];
    this.#linked.set(account, [...linked.filter((other) => other !== key), key].slice(-MAX_LINKS_PER_ACCOUNT));
  }

  async linkedTo(account: string): Promise<readonly string[]> {
    return (this.#linked.get(account) ?? []).toReversed();
  }

  #countsOf(rule: Rule): LRUCache<string, number> {
    const known = this.#counts.get(rule);
    if (known !== undefined) return known;
    const ttl = this.#limits[rule].window * 1000;
    const made = new LRUCache<string, number>({
      ...entryLimit(MAX_COUNTERS_OF_A_RULE),
      ttl,
      ttlResolution: 0,
      noUpdateTTL: true,
      perf: this.#perf,
    });
    this.#counts.set(rule, made);
    return made;
  }
}
