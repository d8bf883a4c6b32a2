import type { AuditEntry, AuditLog } from '../../src/audit/audit-log';
import { randomText } from '../../src/protocol/secrets';
import { aClock } from '../support/clock';
import { HOSTILE_NAMES } from '../support/records';

const DAY = 86_400;

export const anEntry = (at: number, changes: Partial<AuditEntry> = {}): AuditEntry => ({
  id: randomText(9),
  at,
  action: 'sign_in',
  ...changes,
});

/** All entries, page by page. */
export const everyPage = async (
  log: AuditLog,
  organization: string | undefined,
  limit: number,
): Promise<readonly (readonly AuditEntry[])[]> => {
  const pages: (readonly AuditEntry[])[] = [];
  let before: string | undefined;
  do {
    const { entries, next } = await log.list(organization, { limit, ...(before === undefined ? {} : { before }) });
    pages.push(entries);
    before = next;
  } while (before !== undefined && pages.length < 100);
  return pages;
};

/** One suite for the port `AuditLog`, run unchanged over every store. */
export const auditLogContract = (openAt: (clock: () => number) => Promise<AuditLog>): void => {
  const open = async () => {
    const clock = aClock();
    return { clock, log: await openAt(clock.now) };
  };

  const all = async (log: AuditLog, organization?: string) => (await log.list(organization, { limit: 500 })).entries;

  it('gives back whole entries, the newest first, in whatever order they came', async () => {
    const { clock, log } = await open();
    const now = clock.now();
    const whole = anEntry(now - 0.5, {
      actor: 'ada@johnsorg',
      target: 'ana "quoted" <b>\n',
      clientId: 'key',
      detail: 'read update',
      count: 7,
    });
    const [oldest, newest] = [anEntry(now - 2), anEntry(now)];
    await log.append('johnsorg', [whole]);
    await log.append('johnsorg', [newest, oldest]);
    await log.append('johnsorg', []);
    expect(await log.list('johnsorg', { limit: 10 })).toStrictEqual({ entries: [newest, whole, oldest] });
  });

  it('keeps organizations apart, and what is of none, whatever they are called', async () => {
    const { clock, log } = await open();
    const names = [undefined, ...HOSTILE_NAMES];
    const entries = names.map(() => anEntry(clock.now()));
    for (const [index, name] of names.entries()) await log.append(name, entries.slice(index, index + 1));
    for (const [index, name] of names.entries()) expect(await all(log, name)).toEqual([entries[index]]);
    expect(await all(log, 'nobody')).toEqual([]);
  });

  it('gives each entry of one instant once, over pages of any length', async () => {
    const { clock, log } = await open();
    const now = clock.now();
    const entries = [...Array.from({ length: 25 }, () => anEntry(now)), anEntry(now - 1), anEntry(now + 0.001)];
    await log.append('johnsorg', entries);
    const ids = entries.map(({ id }) => id).sort();
    for (const limit of [1, 2, 7, 13, 26, 27]) {
      const pages = await everyPage(log, 'johnsorg', limit);
      expect(pages).toHaveLength(Math.ceil(27 / limit));
      const found = pages.flat();
      expect(found.map(({ id }) => id).sort()).toEqual(ids);
      expect(found[0]).toEqual(entries[26]);
      expect(found[26]).toEqual(entries[25]);
    }
  });

  it('goes on behind a cursor, whatever is added before it meanwhile', async () => {
    const { clock, log } = await open();
    const now = clock.now();
    const entries = Array.from({ length: 6 }, (_, index) => anEntry(now - index));
    await log.append('johnsorg', entries);
    const { entries: first, next = '' } = await log.list('johnsorg', { limit: 3 });
    expect(first).toEqual(entries.slice(0, 3));
    await log.append('johnsorg', [anEntry(now + 1), anEntry(now + 2)]);
    expect(await log.list('johnsorg', { limit: 3, before: next })).toStrictEqual({ entries: entries.slice(3) });
  });

  it('gives a cursor of one organization no look into another', async () => {
    const { clock, log } = await open();
    const [ours, theirs] = [anEntry(clock.now() - 5), anEntry(clock.now() - 6)];
    await log.append('evilcorp', [anEntry(clock.now()), theirs]);
    await log.append('johnsorg', [ours]);
    const { next = '' } = await log.list('evilcorp', { limit: 1 });
    expect((await log.list('johnsorg', { limit: 5, before: next })).entries).toEqual([ours]);
  });

  it.each([
    '',
    '.',
    'x',
    'zzzz',
    '.AAAAAAAAAAAA',
    'zzzz.short',
    'zzzz.AAAAAAAAAAAAA',
    'zzzzzzzzzz.AAAAAAAAAAAA',
    '-1.AAAAAAAAAAAA',
    'Z.AAAAAAAAAAAA',
    '1e9 .AAAAAAAAAAAA',
    '+inf',
    '+inf.AAAAAAAAAAAA',
    '1.AAAAAAAAAAA\n',
    '(1.AAAAAAAAAAAA',
    'x'.repeat(100_000),
  ])('takes %p for no cursor', async (before) => {
    const { clock, log } = await open();
    const entries = [anEntry(clock.now()), anEntry(clock.now() - 1)];
    await log.append('johnsorg', entries);
    expect(await log.list('johnsorg', { limit: 5, before })).toEqual({ entries });
  });

  it('keeps 30 days, by the clock that it was given', async () => {
    const { clock, log } = await open();
    const now = clock.now();
    const [old, young] = [anEntry(now), anEntry(now + 1)];
    await log.append('johnsorg', [old, young, anEntry(now - 30 * DAY)]);
    expect(await all(log, 'johnsorg')).toEqual([young, old]);
    clock.set(now + 30 * DAY);
    expect(await all(log, 'johnsorg')).toEqual([young]);
    const last = anEntry(clock.now());
    await log.append('johnsorg', [last]);
    clock.set(now); // what was dropped does not come back
    expect(await all(log, 'johnsorg')).toEqual([last, young]);
  });

  it('keeps the last 10,000 entries, however many come in a batch', async () => {
    const { clock, log } = await open();
    const start = clock.now() - 20_000;
    const entries = Array.from({ length: 10_050 }, (_, index) => anEntry(start + index));
    await log.append('evilcorp', [anEntry(start)]);
    for (const [from, to] of [
      [0, 3_000],
      [3_000, 3_001],
      [3_001, 10_050],
    ]) {
      await log.append('johnsorg', entries.slice(from, to));
    }
    const pages = await everyPage(log, 'johnsorg', 500);
    expect(pages).toHaveLength(20);
    expect(pages.flat().map(({ id }) => id)).toEqual(
      entries
        .slice(50)
        .reverse()
        .map(({ id }) => id),
    );
    expect(await all(log, 'evilcorp')).toHaveLength(1);
  });
};
