import { LRUCache } from 'lru-cache';
import { entryLimit } from '../../protocol/entry-limit';
import type { EpochSeconds } from '../../protocol/time';
import { floorTo, RESOLUTIONS, type Resolution } from '../../usage/resolutions';
import { addTo, emptyTally } from '../../usage/tally';
import type { UsageCount, UsageIncrement, UsageQuery, UsageStore } from '../../usage/usage-store';

const MAX_APPLICATIONS = 10_000;

/** Counts of one resolution, by the beginning of the time span, then by environment and API. */
type Spans = Map<EpochSeconds, Map<string, UsageCount & { readonly tally: number[] }>>;

type Counts = { readonly [N in Resolution['name']]: Spans };

const addCount = (spans: Spans, resolution: Resolution, { environment, api, at: minute, tally }: UsageCount): void => {
  const at = floorTo(resolution, minute);
  const ofSpan = spans.get(at) ?? new Map<string, UsageCount & { readonly tally: number[] }>();
  spans.set(at, ofSpan);
  const key = `${environment} ${api}`;
  const known = ofSpan.get(key) ?? { environment, api, at, tally: emptyTally() };
  ofSpan.set(key, known);
  addTo(known.tally, tally);
};

/** Drops the time spans that are too old, and those that a clock which was set back has left in the future. */
const prune = (spans: Spans, { keptFor }: Resolution, now: EpochSeconds): void => {
  for (const at of spans.keys()) if (Math.abs(now - at) >= keptFor) spans.delete(at);
};

/** Counts in the memory of this process. Above 10,000 applications, those of the least recently used are evicted. */
export class MemoryUsageStore implements UsageStore {
  readonly #applications = new LRUCache<string, Counts>(entryLimit(MAX_APPLICATIONS));

  async add(increments: readonly UsageIncrement[]): Promise<void> {
    for (const { application, ...count } of increments) {
      const counts = this.#applications.get(application) ?? { minute: new Map(), hour: new Map(), day: new Map() };
      this.#applications.set(application, counts);
      for (const resolution of RESOLUTIONS) {
        addCount(counts[resolution.name], resolution, count);
        prune(counts[resolution.name], resolution, count.at);
      }
    }
  }

  async find(application: string, { resolution, from, to }: UsageQuery): Promise<readonly UsageCount[]> {
    const spans = this.#applications.get(application)?.[resolution.name] ?? new Map<EpochSeconds, never>();
    return [...spans]
      .filter(([at]) => at >= from && at < to)
      .flatMap(([, ofSpan]) => [...ofSpan.values()].map((count) => ({ ...count, tally: [...count.tally] })));
  }
}
