import { StoreUnavailableError } from '../../protocol/errors';
import type { Allowance } from '../../quotas/allowance';
import type { Lease, QuotaStore, Usage, Wanted } from '../../quotas/quota-store';
import type { RedisConnection } from './connection';
import type { Keys } from './keys';
import { takeFromQuota } from './quota-script';
import { membersOf } from './replies';

const NONE: Wanted = { callers: 0, extra: 0 };

const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** Counters of requests in Redis: each a string that expires with its window, by the clock of Redis. */
export class RedisQuotaStore implements QuotaStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;

  constructor(redis: RedisConnection, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async lease(key: string, allowance: Allowance, wanted: Wanted): Promise<Lease> {
    const { requests, per, burst = 0 } = allowance;
    const args = [requests, per * 1000, burst, wanted.callers, wanted.extra];
    const reply = await this.#redis.run(takeFromQuota, [this.#keys.quota(key, per)], args);
    if (reply === 'foreign') this.#redis.logForeignValue();
    const [granted, remaining, resetAfter, retryAfter, validFor] = membersOf(reply).filter(isTime);
    if (granted === undefined || remaining === undefined || resetAfter === undefined) return this.#fail();
    if (retryAfter === undefined || validFor === undefined) return this.#fail();
    return { granted, remaining, resetAfter, retryAfter, validFor };
  }

  usage(key: string, allowance: Allowance): Promise<Usage> {
    return this.lease(key, allowance, NONE);
  }

  #fail(): never {
    throw new StoreUnavailableError('unexpected');
  }
}
