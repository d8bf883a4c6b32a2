import { SECONDS_PER_DAY, type EpochDay } from '../../protocol/days';
import {
  PASSWORD_USE_DAYS,
  type PasswordClient,
  type PasswordUsage,
  type PasswordUse,
  type PasswordUseStore,
} from '../../tokens/password-use-store';
import type { RedisConnection } from './connection';
import type { Keys } from './keys';
import { membersOf } from './replies';
import { addPasswordUses, readPasswordUsage } from './scripts';

/** Counts in Redis: for each client, a sorted set of days scored by the number of grants. */
export class RedisPasswordUseStore implements PasswordUseStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;

  constructor(redis: RedisConnection, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async add(uses: readonly PasswordUse[]): Promise<void> {
    for (const use of uses) {
      const args = [use.day, use.grants, PASSWORD_USE_DAYS, PASSWORD_USE_DAYS * SECONDS_PER_DAY];
      await this.#redis.run(addPasswordUses, [this.#keys.passwordUsesOf(use)], args);
    }
  }

  async usageSince(client: PasswordClient, day: EpochDay): Promise<PasswordUsage> {
    const reply = await this.#redis.run(readPasswordUsage, [this.#keys.passwordUsesOf(client)], [day]);
    const [grants, lastDay] = membersOf(reply).map(Number);
    return { grants: grants ?? 0, ...(lastDay === undefined || lastDay < 0 ? {} : { lastDay }) };
  }
}
