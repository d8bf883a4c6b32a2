import { RateLimiterRedis } from 'rate-limiter-flexible';
import {
  REMEMBERED_FOR,
  type Count,
  type FailureCounters,
  type Limits,
  type Rule,
} from '../../throttle/failure-counters';
import type { RedisConnection } from './connection';
import type { Keys } from './keys';
import { takeBackFailure } from './scripts';

/** Failures in Redis, counted by rate-limiter-flexible; each counter expires with its window. */
export class RedisFailureCounters implements FailureCounters {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #limiters: Readonly<Record<Rule, RateLimiterRedis>>;
  readonly #remembered: RateLimiterRedis;

  constructor(redis: RedisConnection, keys: Keys, limits: Limits) {
    this.#redis = redis;
    this.#keys = keys;
    const limiter = (name: string, points: number, duration: number): RateLimiterRedis =>
      new RateLimiterRedis({ storeClient: redis.client, keyPrefix: keys.throttle(name), points, duration });
    const counter = (rule: Rule): RateLimiterRedis => limiter(rule, limits[rule].failures, limits[rule].window);
    this.#limiters = {
      accountAndAddress: counter('accountAndAddress'),
      address: counter('address'),
      account: counter('account'),
      clientAndAddress: counter('clientAndAddress'),
      unknownTokens: counter('unknownTokens'),
    };
    this.#remembered = limiter('remembered', 1, REMEMBERED_FOR);
  }

  async add(rule: Rule, key: string): Promise<Count> {
    // `penalty` counts and answers; `consume` would reject with something that is no error.
    // Whoever was refused because the answer was late has not failed, and must not be locked out for it.
    const takeBack = (): void => void this.takeBack(rule, key).catch(() => undefined);
    const { consumedPoints, msBeforeNext } = await this.#redis.inTime(
      () => this.#limiters[rule].penalty(key, 1),
      takeBack,
    );
    return { failures: consumedPoints, endsIn: msBeforeNext };
  }

  async takeBack(rule: Rule, key: string): Promise<void> {
    await this.#redis.run(takeBackFailure, [`${this.#keys.throttle(rule)}:${key}`], []);
  }

  async clear(rule: Rule, key: string): Promise<void> {
    await this.#redis.inTime(() => this.#limiters[rule].delete(key));
  }

  async remember(key: string): Promise<void> {
    await this.#redis.inTime(() => this.#remembered.set(key, 1, REMEMBERED_FOR));
  }

  async isRemembered(key: string): Promise<boolean> {
    return (await this.#redis.inTime(() => this.#remembered.get(key))) !== null;
  }
}
