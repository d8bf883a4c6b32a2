import fc from 'fast-check';
import { Turns } from '../../src/directory/turns';
import { assertProperty } from '../support/properties/property-runs';

/** Turns of entries whose path is the part of their text before the last slash. */
const turnsOf = (...entries: readonly string[]) => {
  const turns = new Turns<string>();
  const pathOf = (entry: string): readonly string[] => entry.split('/').slice(0, -1);
  const add = (entry: string): void => turns.add(pathOf(entry), entry);
  const remove = (entry: string): void => turns.remove(pathOf(entry), entry);
  const begin = (entry: string): void => turns.serve(pathOf(entry), entry);
  const end = (entry: string): void => turns.end(pathOf(entry));
  const serve = (entry: string): void => {
    begin(entry);
    end(entry);
  };
  const next = (): string | undefined => {
    const entry = turns.first();
    if (entry !== undefined) serve(entry);
    return entry;
  };
  /** All entries that are left, in the order of their turns. */
  const rest = (): readonly string[] => {
    const left: string[] = [];
    for (let entry = next(); entry !== undefined; entry = next()) left.push(entry);
    expect(turns.isEmpty).toBe(true);
    return left;
  };
  for (const entry of entries) add(entry);
  return { add, remove, begin, end, serve, next, rest };
};

describe('turns', () => {
  it('alternate between keys, and keep the order of the entries of one key', () => {
    const { rest } = turnsOf('a/1', 'a/2', 'a/3', 'b/1', 'b/2', 'c/1');
    expect(rest()).toEqual(['a/1', 'b/1', 'c/1', 'a/2', 'b/2', 'a/3']);
  });

  it('alternate between the keys below a key, within its turns', () => {
    const { rest } = turnsOf('a/x/1', 'a/x/2', 'a/y/1', 'b/x/1', 'b/x/2');
    expect(rest()).toEqual(['a/x/1', 'b/x/1', 'a/y/1', 'b/x/2', 'a/x/2']);
  });

  it('let a new key go before the key that had the last turn', () => {
    const { next, add, rest } = turnsOf('a/1', 'a/2', 'a/3');
    expect(next()).toBe('a/1');
    add('b/1');
    expect(rest()).toEqual(['b/1', 'a/2', 'a/3']);
  });

  it('let a new key go before a key whose only entry is being served', () => {
    const { begin, end, add, rest } = turnsOf('a/x/1');
    begin('a/x/1');
    for (const entry of ['a/x/2', 'a/x/3', 'a/y/1', 'b/x/1', 'b/x/2']) add(entry);
    end('a/x/1');
    expect(rest()).toEqual(['b/x/1', 'a/y/1', 'b/x/2', 'a/x/2', 'a/x/3']);
  });

  it('keep the order of keys while one of several entries is still being served', () => {
    const { begin, end, add, rest } = turnsOf('a/x/1', 'a/x/2');
    for (const entry of ['a/x/1', 'a/x/2']) begin(entry);
    end('a/x/1');
    for (const entry of ['a/x/3', 'a/y/1']) add(entry);
    end('a/x/2');
    expect(rest()).toEqual(['a/y/1', 'a/x/3']);
  });

  it('skip entries that were removed', () => {
    const { remove, rest } = turnsOf('a/1', 'a/2', 'b/1');
    for (const entry of ['a/1', 'b/1', 'c/1']) remove(entry);
    expect(rest()).toEqual(['a/2']);
  });

  it('count a turn that the first entry of a key had elsewhere, and none of a later entry', () => {
    const { serve, rest } = turnsOf('a/1', 'a/2', 'b/1', 'b/2', 'b/3', 'c/1');
    serve('a/1');
    serve('c/1');
    serve('b/3');
    expect(rest()).toEqual(['b/1', 'a/2', 'b/2']);
  });
});

const KEYS = ['a', 'b', 'c'] as const;

const key = fc.constantFrom(...KEYS);
const operations = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('add' as const), path: fc.tuple(key, key, key) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('next' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), index: fc.nat(30) }) },
  ),
  { maxLength: 200 },
);

interface Entry {
  readonly path: readonly string[];
  readonly number: number;
}

const prefixesOf = ({ path }: Entry): readonly string[] => path.map((_, depth) => path.slice(0, depth + 1).join('/'));

const parentOf = (prefix: string): string => prefix.slice(0, -1);

/** Entries that wait, in order of arrival, and how often each other key had its turn while a key had to wait. */
class Waiting {
  entries: Entry[] = [];
  readonly #passed = new Map<string, Map<string, number>>();

  take(entry: Entry): void {
    this.entries = this.entries.filter((other) => other !== entry);
    const waiting = new Set(this.entries.flatMap(prefixesOf));
    for (const waited of this.#passed.keys()) if (!waiting.has(waited)) this.#passed.delete(waited);
  }

  serve(entry: Entry): void {
    for (const prefix of prefixesOf(entry)) {
      for (const sibling of new Set(this.entries.flatMap(prefixesOf))) {
        if (sibling === prefix || parentOf(sibling) !== parentOf(prefix)) continue;
        const passed = this.#passed.get(sibling) ?? new Map<string, number>();
        passed.set(prefix, (passed.get(prefix) ?? 0) + 1);
        this.#passed.set(sibling, passed);
        expect(passed.get(prefix)).toBe(1); // one turn of each other key, and not two
      }
      this.#passed.delete(prefix);
    }
    this.take(entry);
  }
}

it('turns lose no entry, keep the order of a path, and let no key pass another one twice', () => {
  assertProperty(
    fc.property(operations, (steps) => {
      const turns = new Turns<Entry>();
      const waiting = new Waiting();
      const serveNext = (): Entry | undefined => {
        const entry = turns.first();
        if (entry !== undefined) {
          turns.serve(entry.path, entry);
          turns.end(entry.path);
        }
        const ofPath = waiting.entries.filter(({ path }) => path.join() === entry?.path.join());
        expect(entry).toBe(ofPath[0]);
        if (entry === undefined) expect(waiting.entries).toEqual([]);
        else waiting.serve(entry);
        return entry;
      };
      for (const [number, step] of steps.entries()) {
        if (step.kind === 'add') {
          const entry = { path: step.path, number };
          turns.add(entry.path, entry);
          waiting.entries.push(entry);
        } else if (step.kind === 'next') {
          serveNext();
        } else {
          const removed = waiting.entries[step.index];
          if (removed === undefined) continue;
          turns.remove(removed.path, removed);
          waiting.take(removed);
        }
      }
      while (serveNext() !== undefined);
      expect(turns.isEmpty).toBe(true);
    }),
    { numRuns: 300 },
  );
});
