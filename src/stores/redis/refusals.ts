import {
  MAX_RECENT_REFUSALS,
  REFUSALS_KEPT_FOR,
  type RecentRefusal,
  type RefusalFacts,
  type RefusalStore,
} from '../../usage/refusal-store';
import type { RedisConnection } from './connection';
import { joinFields, splitFields } from './fields';
import { toMilliseconds } from './instants';
import type { Keys } from './keys';
import { membersOf } from './replies';
import { noteRefusals, readUsage } from './usage-scripts';

const VERSION = '1';

const fieldOf = ({ status, reason, environment, api, resource, method, missing, plan }: RefusalFacts): string =>
  joinFields([VERSION, String(status), reason, environment, api, resource, method, missing.join(' '), plan]);

/** Reads a field and its value; `undefined` for one of another format. */
const readRefusal = (field: string, value: string): RecentRefusal | undefined => {
  const [
    version,
    status = '',
    reason = '',
    environment,
    api = '',
    resource = '',
    method = '',
    missing = '',
    plan = '',
  ] = splitFields(field, 9) ?? [];
  const [, count, at] = /^(\d{1,16}) (\d{1,16})$/.exec(value) ?? [];
  if (version !== VERSION || !/^\d{3}$/.test(status) || count === undefined || at === undefined) return undefined;
  if (environment !== 'production' && environment !== 'sandbox') return undefined;
  const facts = { status: Number(status), reason, environment, api, resource, method, plan } as const;
  const scopes = missing === '' ? [] : missing.split(' ');
  return { ...facts, missing: scopes, count: Number(count), at: Number(at) / 1000 };
};

/** Refusals in Redis: a hash for each application, with the facts as fields, the number and the last one as values. */
export class RedisRefusalStore implements RefusalStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;

  constructor(redis: RedisConnection, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async note(application: string, refusals: readonly RecentRefusal[]): Promise<void> {
    if (refusals.length === 0) return;
    const noted = refusals.flatMap((refusal) => [fieldOf(refusal), refusal.count, toMilliseconds(refusal.at)]);
    const args = [REFUSALS_KEPT_FOR, MAX_RECENT_REFUSALS, ...noted];
    await this.#redis.run(noteRefusals, [this.#keys.refusalsOf(application)], args);
  }

  async list(application: string): Promise<readonly RecentRefusal[]> {
    const members = membersOf(await this.#redis.run(readUsage, [this.#keys.refusalsOf(application)], [])).map(String);
    const refusals: RecentRefusal[] = [];
    for (let place = 0; place < members.length; place += 2) {
      const refusal = readRefusal(members[place] ?? '', members[place + 1] ?? '');
      if (refusal !== undefined) refusals.push(refusal);
    }
    return refusals.sort((one, other) => other.at - one.at);
  }
}
