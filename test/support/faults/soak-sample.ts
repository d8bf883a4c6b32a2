import type { Redis } from 'ioredis';
import type { CountsListeners } from './followed-clients';
import { usedHeap } from './heap';

/** What is counted from time to time during a soak. */
export interface Sample {
  /** Seconds since the beginning. */
  readonly at: number;
  readonly requests: number;
  /** Bytes after a forced collection. */
  readonly heap: number;
  readonly rss: number;
  /** Open handles and timers of the process, by kind. */
  readonly handles: Readonly<Record<string, number>>;
  /** Listeners on the emitters that live as long as the gates. */
  readonly listeners: number;
  readonly keys: number;
  /** Keys that never expire, by the pattern of their names. */
  readonly lasting: Readonly<Record<string, number>>;
}

const countBy = (names: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

/** Open handles and timers of this process, by kind. */
export const countHandles = (): Readonly<Record<string, number>> => countBy(process.getActiveResourcesInfo());

export const countListeners = (emitters: readonly CountsListeners[]): number =>
  emitters.reduce(
    (sum, emitter) => sum + emitter.eventNames().reduce((n, name) => n + emitter.listenerCount(name), 0),
    0,
  );

/** The pattern of a key: its prefix is left out, and so are the ids. */
const patternOf = (key: string, prefix: string): string =>
  key
    .slice(prefix.length)
    .replace(/\{[^}]*[.A-Z0-9_-][^}]*\}/, '{…}')
    .replace(/:[\w-]{22}$/, ':…');

/** Counts the keys below a prefix, and those of them that never expire. */
export const countKeys = async (redis: Redis, prefix: string): Promise<Pick<Sample, 'keys' | 'lasting'>> => {
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [next, page] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 500);
    cursor = next;
    for (const key of page) found.add(key);
  } while (cursor !== '0');
  const keys = [...found];
  const ttls = await Promise.all(keys.map((key) => redis.pttl(key)));
  return {
    keys: keys.length,
    lasting: countBy(keys.filter((_key, n) => ttls[n] === -1).map((key) => patternOf(key, prefix))),
  };
};

/** Counts what this process holds. */
export const countProcess = (
  emitters: readonly CountsListeners[],
): Pick<Sample, 'heap' | 'rss' | 'handles' | 'listeners'> => {
  const heap = usedHeap();
  return { heap, rss: process.memoryUsage.rss(), handles: countHandles(), listeners: countListeners(emitters) };
};
