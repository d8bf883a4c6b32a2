import { LRUCache } from 'lru-cache';
import type { Emit } from '../events/emitter';
import { entryLimit } from '../protocol/entry-limit';
import { OAuthError } from '../protocol/errors';
import type { Milliseconds } from '../protocol/time';
import type { Count, Limits, Rule } from './failure-counters';
import type { Mark } from './mark';

const MAX_BLOCKS_OF_A_RULE = 10_000;

const tooMany = (endsIn: Milliseconds): OAuthError =>
  new OAuthError('invalid_request', 'Too many failed attempts from this address. Try again later.', {
    status: 429,
    problem: { name: 'too_many_failures' },
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(endsIn / 1000))) },
  });

/** Caches the marks that are over their limit in this process, so that a flood of refusals does not load the store. */
export class Blocks {
  readonly #limits: Limits;
  readonly #emit: Emit;
  // One cache per rule, so that a flood under one rule does not evict the blocks of another.
  readonly #blocked = new Map<Rule, LRUCache<string, true>>();
  /** The instant at which the last block ends, by the monotonic clock. */
  #lastEnd: Milliseconds = 0;

  constructor(limits: Limits, emit: Emit) {
    this.#limits = limits;
    this.#emit = emit;
  }

  /** True if no mark at all is blocked, as most of the time: a caller then need not compute one. */
  get isEmpty(): boolean {
    return performance.now() >= this.#lastEnd;
  }

  /** Emits a `throttle` event for a refused attempt. */
  report({ rule, network }: Mark): void {
    this.#emit({ type: 'throttle', rule, network });
  }

  isOver({ rule }: Mark, { failures }: Count): boolean {
    return failures > this.#limits[rule].failures;
  }

  /** Returns how long a mark stays blocked; 0 if it is not blocked. */
  endOf({ rule, key }: Mark): Milliseconds {
    return Math.max(0, this.#blocked.get(rule)?.getRemainingTTL(key) ?? 0);
  }

  /** @throws OAuthError `invalid_request` (429) if the mark is blocked. */
  refuseBlocked(mark: Mark): void {
    const remaining = this.endOf(mark);
    if (remaining > 0) this.#refuse(mark, remaining);
  }

  /** Blocks a mark whose count is over its limit. @throws OAuthError `invalid_request` (429) if it is. */
  refuseOver(mark: Mark, count: Count): void {
    if (!this.isOver(mark, count)) return;
    const { rule, key } = mark;
    const ofRule = this.#blocked.get(rule) ?? new LRUCache<string, true>(entryLimit(MAX_BLOCKS_OF_A_RULE));
    this.#blocked.set(rule, ofRule);
    const ttl = Math.max(1, count.endsIn);
    ofRule.set(key, true, { ttl });
    this.#lastEnd = Math.max(this.#lastEnd, performance.now() + ttl);
    this.#refuse(mark, count.endsIn);
  }

  #refuse(mark: Mark, endsIn: Milliseconds): never {
    this.report(mark);
    throw tooMany(endsIn);
  }
}
