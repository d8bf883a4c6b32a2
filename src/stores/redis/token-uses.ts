import type { GrantId } from '../../protocol/secrets';
import type { EpochSeconds, Seconds } from '../../protocol/time';
import type { TokenUse, TokenUseStore } from '../../tokens/token-use-store';
import type { RedisConnection } from './connection';
import { toMilliseconds } from './instants';
import type { Keys } from './keys';
import { noteUses } from './scripts';

const RETENTION: Seconds = 31 * 86_400;
const USES_PER_WRITE = 500;

/** Last uses in Redis: for each client, a sorted set of its grants scored by last use in milliseconds. */
export class RedisTokenUseStore implements TokenUseStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;

  constructor(redis: RedisConnection, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async note(uses: readonly TokenUse[]): Promise<void> {
    for (const [clientId, ofClient] of byClient(uses)) {
      for (let start = 0; start < ofClient.length; start += USES_PER_WRITE) {
        const part = ofClient.slice(start, start + USES_PER_WRITE);
        const newest = Math.max(...part.map(({ at }) => at));
        const members = part.flatMap(({ at, grantId }) => [toMilliseconds(at), grantId]);
        const args = [toMilliseconds(newest - RETENTION), RETENTION, ...members];
        await this.#redis.run(noteUses, [this.#keys.usesOf(clientId)], args);
      }
    }
  }

  async lastUses(clientId: string, grants: readonly GrantId[]): Promise<readonly (EpochSeconds | undefined)[]> {
    const key = this.#keys.usesOf(clientId);
    const scores = await Promise.all(grants.map((grantId) => this.#redis.command('zscore', key, grantId)));
    return scores.map((score) => (score === null || score === undefined ? undefined : Number(score) / 1000));
  }
}

const byClient = (uses: readonly TokenUse[]): ReadonlyMap<string, readonly TokenUse[]> => {
  const groups = new Map<string, TokenUse[]>();
  for (const use of uses) {
    const group = groups.get(use.clientId) ?? [];
    group.push(use);
    groups.set(use.clientId, group);
  }
  return groups;
};
