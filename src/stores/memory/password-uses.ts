import { LRUCache } from 'lru-cache';
import type { EpochDay } from '../../protocol/days';
import { entryLimit } from '../../protocol/entry-limit';
import {
  PASSWORD_USE_DAYS,
  type PasswordClient,
  type PasswordUsage,
  type PasswordUse,
  type PasswordUseStore,
} from '../../tokens/password-use-store';

const MAX_CLIENTS = 10_000;

type CountsByDay = ReadonlyMap<EpochDay, number>;

const nameOf = ({ clientId, organization }: PasswordClient): string => JSON.stringify([clientId, organization]);

/** Counts in the memory of this process. Above 10,000 clients, those of the least recently used are evicted. */
export class MemoryPasswordUseStore implements PasswordUseStore {
  readonly #clients = new LRUCache<string, CountsByDay>(entryLimit(MAX_CLIENTS));

  async add(uses: readonly PasswordUse[]): Promise<void> {
    for (const use of uses) {
      const name = nameOf(use);
      const known = this.#clients.get(name) ?? new Map<EpochDay, number>();
      const counts = new Map([...known, [use.day, (known.get(use.day) ?? 0) + use.grants]]);
      const oldest = Math.max(...counts.keys()) - PASSWORD_USE_DAYS;
      this.#clients.set(name, new Map([...counts].filter(([day]) => day > oldest)));
    }
  }

  async usageSince(client: PasswordClient, since: EpochDay): Promise<PasswordUsage> {
    const counts = [...(this.#clients.get(nameOf(client)) ?? [])];
    const counted = counts.filter(([day]) => day >= since);
    return {
      grants: counted.reduce((sum, [, grants]) => sum + grants, 0),
      ...(counts.length === 0 ? {} : { lastDay: Math.max(...counts.map(([day]) => day)) }),
    };
  }
}
