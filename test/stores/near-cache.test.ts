import { NearCache } from '../../src/stores/near-cache';
import { deferred } from '../support/time/deferred';

interface Kept {
  readonly name: string;
  readonly tags?: readonly string[];
}

const open = ({ maxEntries = 10, maxAge = 60, sizeOf = (): number => 1 } = {}) => {
  let isCoherent = true;
  const bad = new Set<string>();
  const cache = new NearCache<Kept>({
    maxEntries,
    maxAge,
    groupOf: (key) => key.split('/')[0] ?? '',
    tagsOf: ({ tags = [] }) => tags,
    isCoherent: () => isCoherent,
    isValid: ({ name }) => !bad.has(name),
    sizeOf,
  });
  const setCoherent = (value: boolean): void => {
    isCoherent = value;
  };
  return { cache, bad, setCoherent };
};

/** A load from a store that completes when the test completes it. */
const aQuestion = () => {
  let pending = deferred<Kept | undefined>();
  let asked = 0;
  const load = () => {
    asked += 1;
    pending = deferred();
    return pending.promise;
  };
  return { load, answer: (value: Kept | undefined) => pending.resolve(value), asked: () => asked };
};

const keep = async (cache: NearCache<Kept>, key: string): Promise<void> => {
  await cache.load(key, async () => ({ name: key }));
};

test('a cached value is returned synchronously, as the same object', async () => {
  const { cache } = open();
  expect(cache.peek('a')).toBeUndefined();
  const value = await cache.load('a', async () => ({ name: 'a' }));
  expect(cache.peek('a')).toBe(value);
  expect(cache.counts).toMatchObject({ hits: 1, misses: 1, bypassed: 0, entries: 1 });
});

test('S-336 concurrent fetches of one key share one load', async () => {
  const { cache } = open();
  const question = aQuestion();
  const answers = Array.from({ length: 50 }, () => cache.load('a', question.load));
  question.answer({ name: 'a' });
  expect(new Set(await Promise.all(answers)).size).toBe(1);
  expect(question.asked()).toBe(1);
});

test('S-198 missing values and failures are not cached', async () => {
  const { cache } = open();
  await cache.load('a', async () => undefined);
  await expect(cache.load('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(cache.peek('a')).toBeUndefined();
  await keep(cache, 'a');
  expect(cache.peek('a')).toBeDefined();
});

test('S-222 S-324 a value loaded before a change is returned to those who waited, and is not cached', async () => {
  const { cache } = open();
  const question = aQuestion();
  const before = cache.load('a', question.load);
  cache.evict('a');
  question.answer({ name: 'a' });
  await before;
  expect(cache.peek('a')).toBeUndefined();
});

test('S-324 a fetch after a change never returns a value loaded before it', async () => {
  const { cache } = open();
  const [first, second] = [aQuestion(), aQuestion()];
  const before = cache.load('a', first.load);
  cache.evict('a');
  const after = cache.load('a', second.load);
  second.answer(undefined);
  first.answer({ name: 'a' });
  await before;
  expect(await after).toBeUndefined();
  expect(cache.peek('a')).toBeUndefined();
});

test('S-321 a flush empties the cache, including loads in flight', async () => {
  const { cache } = open();
  await keep(cache, 'a');
  const question = aQuestion();
  const underway = cache.load('b', question.load);
  cache.flush();
  question.answer({ name: 'b' });
  await underway;
  expect([cache.peek('a'), cache.peek('b'), cache.counts.flushes]).toEqual([undefined, undefined, 1]);
});

test('while it is not coherent, the cache returns nothing, stores nothing and counts the bypass', async () => {
  const { cache, setCoherent } = open();
  await keep(cache, 'a');
  setCoherent(false);
  expect(cache.peek('a')).toBeUndefined();
  await keep(cache, 'b');
  setCoherent(true);
  expect(cache.peek('b')).toBeUndefined();
  expect(cache.counts.bypassed).toBe(1);
});

test('S-194 an entry that is no longer valid by itself is not returned, and is removed', async () => {
  const { cache, bad } = open();
  await keep(cache, 'a');
  bad.add('a');
  expect(cache.peek('a')).toBeUndefined();
  bad.clear();
  expect(cache.peek('a')).toBeUndefined();
});

test('S-340 an entry expires by the monotonic clock, which is never set back', async () => {
  const now = jest.spyOn(performance, 'now');
  const start = performance.now();
  const { cache } = open({ maxAge: 5 });
  await keep(cache, 'a');
  now.mockReturnValue(start + 4_000);
  expect(cache.peek('a')).toBeDefined();
  now.mockReturnValue(start + 6_000);
  expect(cache.peek('a')).toBeUndefined();
  now.mockRestore();
});

test('S-338 the cache is limited in entries and in bytes', async () => {
  const { cache } = open({ maxEntries: 3 });
  for (let index = 0; index < 100; index += 1) await keep(cache, `key-${index}`);
  expect(cache.counts.entries).toBe(3);

  const { cache: heavy } = open({ maxEntries: 1_000, sizeOf: () => 100 * 1024 * 1024 });
  for (let index = 0; index < 10; index += 1) await keep(heavy, `key-${index}`);
  expect(heavy.counts.entries).toBe(2);
  const { cache: huge } = open({ sizeOf: () => 1024 * 1024 * 1024 });
  await keep(huge, 'too large');
  expect(huge.counts.entries).toBe(0);
});

test('the last key of a group is kept, and a change of the group does not affect other groups', async () => {
  const { cache } = open();
  await keep(cache, 'one/a');
  await keep(cache, 'one/b');
  await keep(cache, 'other/c');
  const kept = () => ['one/a', 'one/b', 'other/c'].map((key) => cache.peek(key)?.name);
  expect(kept()).toEqual([undefined, 'one/b', 'other/c']);
  cache.evict('one');
  expect(kept()).toEqual([undefined, undefined, 'other/c']);
});

test('S-324 of two keys of a group that are fetched concurrently, none is cached from before a change', async () => {
  const { cache } = open();
  const [first, second] = [aQuestion(), aQuestion()];
  const answers = [cache.load('one/a', first.load), cache.load('one/b', second.load)];
  cache.evict('one');
  first.answer({ name: 'one/a' });
  second.answer({ name: 'one/b' });
  expect((await Promise.all(answers)).map((value) => value?.name)).toEqual(['one/a', 'one/b']);
  expect([cache.peek('one/a'), cache.peek('one/b')]).toEqual([undefined, undefined]);
});

describe('a tag', () => {
  const load = (cache: NearCache<Kept>, key: string, ...tags: readonly string[]) =>
    cache.load(key, async () => ({ name: key, tags }));

  test('evicts all its entries, and no others, and can be used by new ones', async () => {
    const { cache } = open();
    await load(cache, 'a', 'x');
    await load(cache, 'b', 'y', 'x');
    await load(cache, 'c', 'y');
    cache.evictTag('x');
    expect(['a', 'b', 'c'].map((key) => cache.peek(key)?.name)).toEqual([undefined, undefined, 'c']);
    await load(cache, 'a', 'x');
    expect(cache.peek('a')?.name).toBe('a');
    cache.evictTag('x');
    expect(cache.peek('a')).toBeUndefined();
    cache.evictTag('never used');
    expect(cache.peek('c')?.name).toBe('c');
  });

  test('still evicts entries after others with it were replaced, dropped or flushed', async () => {
    const { cache } = open({ maxEntries: 2 });
    await load(cache, 'a', 'x');
    await load(cache, 'b', 'x');
    await load(cache, 'c', 'x'); // drops a
    await load(cache, 'c/2', 'x'); // replaces c
    cache.evict('b');
    expect(cache.peek('c/2')?.name).toBe('c/2');
    cache.evictTag('x');
    expect(cache.peek('c/2')).toBeUndefined();
    cache.flush();
    await load(cache, 'd', 'x');
    cache.evictTag('x');
    expect(cache.peek('d')).toBeUndefined();
  });

  test('makes a read in flight stale, because its tags are not known yet', async () => {
    const { cache } = open();
    const first = aQuestion();
    const reading = cache.load('a', first.load);
    cache.evictTag('x');
    const second = aQuestion();
    const after = cache.load('a', second.load);
    expect(second.asked()).toBe(1); // a call after the change does not join the earlier read
    first.answer({ name: 'before', tags: ['x'] });
    expect((await reading)?.name).toBe('before');
    expect(cache.peek('a')).toBeUndefined();
    second.answer({ name: 'after', tags: ['x'] });
    await after;
    expect(cache.peek('a')?.name).toBe('after');
  });

  test('is evicted in a time that does not depend on the number of its entries', async () => {
    const { cache } = open({ maxEntries: 100_000 });
    for (let entry = 0; entry < 50_000; entry += 1) await load(cache, String(entry), 'x');
    const began = performance.now();
    cache.evictTag('x');
    expect(performance.now() - began).toBeLessThan(5);
    expect(cache.peek('1')).toBeUndefined();
  });
});
