import type { EpochSeconds } from '../../protocol/time';
import { beginOf, placeIn, RESOLUTIONS, type Resolution } from '../../usage/resolutions';
import { TALLY_LENGTH, type Tally } from '../../usage/tally';
import type { UsageCount, UsageIncrement, UsageQuery, UsageSeries, UsageStore } from '../../usage/usage-store';
import type { RedisConnection } from './connection';
import type { Keys } from './keys';
import { membersOf } from './replies';
import { addUsage, readUsage } from './usage-scripts';

/** Number of scripts that are sent together. */
const SCRIPTS_PER_PIPELINE = 100;

/** Number of tallies that one script adds. */
const TALLIES_PER_SCRIPT = 50;

/** Format of a stored tally: `1`, a space, and the counts separated by commas. */
const TALLY = /^1 (\d{1,16}(?:,\d{1,16})*)$/;

/** Format of a field: the index in the block, `p` for production or `s` for sandbox, and the name of the API. */
const FIELD = /^(\d{1,2}) ([ps]) (.*)$/s;

const fieldOf = (resolution: Resolution, { environment, api, at }: UsageSeries & { at: EpochSeconds }): string =>
  `${placeIn(resolution, at).index} ${environment === 'sandbox' ? 's' : 'p'} ${api}`;

const readTally = (text: unknown): Tally | undefined => {
  const counts = TALLY.exec(String(text))?.[1]?.split(',').map(Number);
  return counts && Array.from({ length: TALLY_LENGTH }, (_, position) => counts[position] ?? 0);
};

/** Reads a field of a block; `undefined` for one that was not written by `add`. */
const readCount = (resolution: Resolution, block: number, field: unknown, value: unknown): UsageCount | undefined => {
  const [, index, letter, api] = FIELD.exec(String(field)) ?? [];
  const tally = readTally(value);
  if (index === undefined || api === undefined || tally === undefined) return undefined;
  const at = beginOf(resolution, { block, index: Number(index) });
  return { at, environment: letter === 's' ? 'sandbox' : 'production', api, tally };
};

/** Groups the tallies of one application and minute, which are added in one step, in parts of a bounded size. */
const groupsOf = (increments: readonly UsageIncrement[]): readonly (readonly UsageIncrement[])[] => {
  const groups = new Map<string, UsageIncrement[]>();
  for (const increment of increments) {
    const key = `${increment.at} ${increment.application}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(increment);
  }
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / TALLIES_PER_SCRIPT) }, (_, part) =>
      group.slice(part * TALLIES_PER_SCRIPT, (part + 1) * TALLIES_PER_SCRIPT),
    ),
  );
};

/** Counts in Redis: for each application and block of time spans, a hash of tallies. */
export class RedisUsageStore implements UsageStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;

  constructor(redis: RedisConnection, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async add(increments: readonly UsageIncrement[]): Promise<void> {
    const groups = groupsOf(increments);
    for (let start = 0; start < groups.length; start += SCRIPTS_PER_PIPELINE) {
      await Promise.all(groups.slice(start, start + SCRIPTS_PER_PIPELINE).map((group) => this.#addGroup(group)));
    }
  }

  async find(application: string, { resolution, from, to }: UsageQuery): Promise<readonly UsageCount[]> {
    const [first, last] = [placeIn(resolution, from).block, placeIn(resolution, to - 1).block];
    const blocks = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
    const found = await Promise.all(blocks.map((block) => this.#readBlock(application, resolution, block)));
    return found.flat().filter(({ at }) => at >= from && at < to);
  }

  async #addGroup(group: readonly UsageIncrement[]): Promise<void> {
    const [first] = group;
    if (first === undefined) return;
    const { application, at } = first;
    const keys = RESOLUTIONS.map((resolution) =>
      this.#keys.usageOf(application, resolution.name, placeIn(resolution, at).block),
    );
    const tallies = group.flatMap((count) => [
      ...RESOLUTIONS.map((resolution) => fieldOf(resolution, count)),
      count.tally.join(','),
    ]);
    await this.#redis.run(addUsage, keys, [...RESOLUTIONS.map(({ keptFor }) => keptFor), ...tallies]);
  }

  async #readBlock(application: string, resolution: Resolution, block: number): Promise<readonly UsageCount[]> {
    const key = this.#keys.usageOf(application, resolution.name, block);
    const members = membersOf(await this.#redis.run(readUsage, [key], []));
    const counts: UsageCount[] = [];
    for (let place = 0; place < members.length; place += 2) {
      const count = readCount(resolution, block, members[place], members[place + 1]);
      if (count !== undefined) counts.push(count);
    }
    return counts;
  }
}
