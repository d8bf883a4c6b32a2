import { Batch, CLOSE_DEADLINE_MS, type BatchOptions } from '../../src/events/batch';
import { BoundedMap } from '../../src/events/bounded-map';
import { nextTurn } from '../support/time/waiting';
import { deferred } from '../support/time/deferred';

type Counts = BoundedMap<string, number>;

type Written = Readonly<Record<string, number>>;

const opened: Batch<Counts>[] = [];
afterEach(async () => {
  for (const batch of opened.splice(0)) await batch.close();
});

/** A batch of counts, and what it has written. */
const open = (changes: Partial<BatchOptions<Counts>> = {}) => {
  const written: Written[] = [];
  const failures: unknown[] = [];
  const batch = new Batch<Counts>({
    interval: 1_000,
    begin: () => new BoundedMap(3),
    write: async (entries) => void written.push(Object.fromEntries(entries)),
    onFailed: (thrown) => failures.push(thrown),
    ...changes,
  });
  opened.push(batch);
  const count = (key: string): void => batch.change((counts) => counts.set(key, (counts.get(key) ?? 0) + 1));
  const peek = (key: string) => batch.peek((counts) => counts.get(key));
  return { batch, written, failures, count, peek };
};

describe('a batch', () => {
  it('writes the last value of each key once', async () => {
    const { batch, written, count } = open();
    count('a');
    count('a');
    count('b');
    await batch.flush();
    await batch.flush();
    expect(written).toEqual([{ a: 2, b: 1 }]);
  });

  it('starts each entry from zero after a write', async () => {
    const { batch, written, count } = open();
    count('a');
    await batch.flush();
    count('a');
    await batch.flush();
    expect(written).toEqual([{ a: 1 }, { a: 1 }]);
  });

  it('drops a new key when it is full, and still updates a pending one', async () => {
    const { batch, written, count } = open();
    for (const key of ['a', 'b', 'c', 'd', 'e', 'a']) count(key);
    await batch.flush();
    count('d');
    await batch.flush();
    expect(written).toEqual([{ a: 2, b: 1, c: 1 }, { d: 1 }]);
  });

  it('runs one write at a time, and concurrent flushes share the next one', async () => {
    let running = 0;
    let writes = 0;
    const { batch, count } = open({
      write: async () => {
        running += 1;
        writes += 1;
        expect(running).toBe(1);
        await nextTurn();
        running -= 1;
      },
    });
    count('a');
    const first = batch.flush();
    count('b');
    await Promise.all([first, ...Array.from({ length: 100 }, () => batch.flush())]);
    expect(writes).toBe(2);
  });

  it('returns an entry until the store has written it', async () => {
    let written = deferred();
    const { batch, count, peek } = open({
      write: () => {
        written = deferred();
        return written.promise;
      },
    });
    count('a');
    count('a');
    const flushed = batch.flush();
    await nextTurn();
    expect(peek('a')).toBe(2);
    count('a');
    expect(peek('a')).toBe(1);
    written.resolve();
    await flushed;
    expect(peek('b')).toBeUndefined();
    void batch.flush();
    await nextTurn();
    written.resolve();
  });

  it.each<[string, BatchOptions<Counts>['write']]>([
    ['rejects', () => Promise.reject(new Error('away'))],
    [
      'throws',
      () => {
        throw new Error('away');
      },
    ],
  ])('reports a write that %s, and continues with the next one', async (_how, fail) => {
    let isAway = true;
    const written: Written[] = [];
    const { batch, failures, count } = open({
      write: async (entries) => {
        if (isAway) return fail(entries);
        written.push(Object.fromEntries(entries));
      },
    });
    count('a');
    await expect(batch.flush()).resolves.toBeUndefined();
    expect(failures).toMatchObject([{ message: 'away' }]);
    isAway = false;
    count('b');
    await batch.flush();
    expect(written).toEqual([{ b: 1 }]);
  });
});

describe('closing a batch', () => {
  it('writes what is pending, and accepts nothing afterwards', async () => {
    const { batch, written, count } = open();
    count('a');
    const closing = batch.close();
    count('b');
    await closing;
    await batch.close();
    await batch.flush();
    expect(written).toEqual([{ a: 1 }]);
  });

  it('waits for a running write and for values that were set during it', async () => {
    const { batch, written, count } = open({
      write: async (entries) => {
        await nextTurn();
        await nextTurn();
        written.push(Object.fromEntries(entries));
      },
    });
    count('a');
    void batch.flush();
    count('b');
    await batch.close();
    expect(written).toEqual([{ a: 1 }, { b: 1 }]);
  });

  describe('on a timer', () => {
    beforeEach(() => void jest.useFakeTimers());
    afterEach(() => void jest.useRealTimers());

    it('writes at every interval until it is closed, and leaves no timer', async () => {
      const { batch, written, count } = open();
      count('a');
      await jest.advanceTimersByTimeAsync(999);
      expect(written).toHaveLength(0);
      await jest.advanceTimersByTimeAsync(1);
      expect(written).toHaveLength(1);
      await batch.close();
      await jest.advanceTimersByTimeAsync(10_000);
      expect(written).toHaveLength(1);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('gives up at its deadline when the store never answers', async () => {
      const { batch, count } = open({ write: () => new Promise(() => undefined) });
      count('a');
      let isClosed = false;
      void batch.close().then(() => {
        isClosed = true;
      });
      await jest.advanceTimersByTimeAsync(CLOSE_DEADLINE_MS - 1);
      expect(isClosed).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      expect([isClosed, jest.getTimerCount()]).toEqual([true, 0]);
    });
  });
});
