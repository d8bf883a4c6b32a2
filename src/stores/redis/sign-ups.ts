import type { SignUpAdded, SignUpStore, WaitingName } from '../../directory/sign-up-store';
import { millisecondsUntil, type Clock } from '../../protocol/time';
import type { RedisConnection } from './connection';
import { toMilliseconds } from './instants';
import type { Keys } from './keys';
import { membersOf } from './replies';
import { script } from './scripts';

/** Names that are kept after they have expired, so that their records can be removed. */
const KEPT_AFTERWARDS_MS = 30 * 86_400_000;

/**
 * Adds a name unless too many wait. Returns 1, or `limited`.
 * KEYS: index. ARGV: 1 now, 2 expiry (epoch milliseconds), 3 name, 4 maximum, 5 milliseconds to live.
 */
const addName = script(`
if redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[1], '+inf') >= tonumber(ARGV[4]) then return 'limited' end
local present = redis.call('ZSCORE', KEYS[1], ARGV[3])
if not present or tonumber(present) <= tonumber(ARGV[1]) then redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3]) end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
`);

/** Names of users whose sign-up waits for approval, in Redis: a sorted set for each organization, scored by expiry. */
export class RedisSignUpStore implements SignUpStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #clock: Clock;

  constructor(redis: RedisConnection, keys: Keys, clock: Clock) {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
  }

  async add(organization: string, { username, expiresAt }: WaitingName, max: number): Promise<SignUpAdded> {
    const now = this.#clock();
    const ttl = Math.max(1, millisecondsUntil(expiresAt, now)) + KEPT_AFTERWARDS_MS;
    const args = [toMilliseconds(now), toMilliseconds(expiresAt), username, max, ttl];
    const reply = await this.#redis.run(addName, [this.#keys.signUpsOf(organization)], args);
    return reply === 'limited' ? 'limited' : 'stored';
  }

  async remove(organization: string, username: string): Promise<void> {
    await this.#redis.command('zrem', this.#keys.signUpsOf(organization), username);
  }

  async list(organization: string): Promise<readonly WaitingName[]> {
    const reply = await this.#redis.command('zrange', this.#keys.signUpsOf(organization), 0, -1, 'WITHSCORES');
    const texts = membersOf(reply).filter((member) => typeof member === 'string');
    return texts.flatMap((username, index) =>
      index % 2 === 0 ? [{ username, expiresAt: Number(texts[index + 1]) / 1000 }] : [],
    );
  }
}
