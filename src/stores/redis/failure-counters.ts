import { RateLimiterRedis } from 'rate-limiter-flexible';
import {
  MAX_LINKS_PER_ACCOUNT,
  MAX_NETWORKS_PER_ACCOUNT,
  SIGN_INS_RECORDED_FOR,
  RULES,
  type Count,
  type FailureCounters,
  type Limits,
  type Rule,
} from '../../throttle/failure-counters';
import type { RedisConnection } from './connection';
import type { Seconds } from '../../protocol/time';
import type { Keys } from './keys';
import { membersOf } from './replies';
import { linkCounter, readFailures, takeBackFailure } from './scripts';

/** Failure counters in Redis, counted by rate-limiter-flexible; each counter expires with its window. */
export class RedisFailureCounters implements FailureCounters {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #window: Seconds;
  readonly #limiters: Readonly<Record<Rule, RateLimiterRedis>>;

  constructor(redis: RedisConnection, keys: Keys, limits: Limits) {
    this.#redis = redis;
    this.#keys = keys;
    this.#window = limits.accountAndAddress.window;
    const counter = (rule: Rule): RateLimiterRedis =>
      new RateLimiterRedis({
        storeClient: redis.client,
        keyPrefix: keys.throttle(rule),
        points: 1, // must be finite and decides nothing: the caller compares the count with its limit
        duration: limits[rule].window,
      });
    const limiters = RULES.map((rule) => [rule, counter(rule)] as const);
    this.#limiters = Object.fromEntries(limiters) as Record<Rule, RateLimiterRedis>;
  }

  async add(rule: Rule, key: string): Promise<Count> {
    // `penalty` counts and returns the state; `consume` would reject with a value that is not an Error.
    // An attempt that was refused because the reply was late has not failed, and must not lock a user out.
    const takeBack = (): void => void this.takeBack(rule, key).catch(() => undefined);
    const { consumedPoints, msBeforeNext } = await this.#redis.withDeadline(
      () => this.#limiters[rule].penalty(key, 1),
      takeBack,
    );
    return { failures: consumedPoints, endsIn: msBeforeNext };
  }

  async find(rule: Rule, key: string): Promise<Count | undefined> {
    // `get` of the limiter sends MULTI, which no other part of a gate needs and access lists need not permit.
    const [failures, endsIn] = membersOf(await this.#redis.run(readFailures, [this.#key(rule, key)], [])).map(Number);
    if (failures === undefined || endsIn === undefined || !(failures > 0)) return undefined;
    return { failures, endsIn };
  }

  async takeBack(rule: Rule, key: string): Promise<void> {
    await this.#redis.run(takeBackFailure, [this.#key(rule, key)], []);
  }

  async clear(rule: Rule, key: string): Promise<void> {
    await this.#redis.withDeadline(() => this.#limiters[rule].delete(key));
  }

  async recordSignIn(account: string, key: string): Promise<void> {
    const args = [key, SIGN_INS_RECORDED_FOR, MAX_NETWORKS_PER_ACCOUNT];
    await this.#redis.run(linkCounter, [this.#networks(account)], args);
  }

  async hasSignedIn(account: string, key: string): Promise<boolean> {
    return (await this.#redis.command('zscore', this.#networks(account), key)) !== null;
  }

  async link(account: string, key: string): Promise<void> {
    await this.#redis.run(linkCounter, [this.#links(account)], [key, this.#window, MAX_LINKS_PER_ACCOUNT]);
  }

  async linkedTo(account: string): Promise<readonly string[]> {
    const newest = await this.#redis.command('zrevrange', this.#links(account), 0, MAX_LINKS_PER_ACCOUNT - 1);
    return membersOf(newest).filter((member) => typeof member === 'string');
  }

  #key(rule: Rule, key: string): string {
    return `${this.#keys.throttle(rule)}:${key}`;
  }

  #links(account: string): string {
    return `${this.#keys.throttle('links')}:${account}`;
  }

  #networks(account: string): string {
    return `${this.#keys.throttle('networks')}:${account}`;
  }
}
