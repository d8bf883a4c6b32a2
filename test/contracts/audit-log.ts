import type { AuditEntry, AuditLog } from '../../src/audit/audit-log';
import { shareOf } from '../../src/audit/audit-shares';
import { randomText } from '../../src/protocol/secrets';
import { aClock } from '../support/time/clock';
import { HOSTILE_NAMES } from '../support/tokens/records';

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

  it('returns whole entries, newest first, in whatever order they were appended', async () => {
    const { clock, log } = await open();
    const now = clock.now();
    const whole = anEntry(now - 0.5, {
      actor: 'ada@johnsorg',
      target: 'ana "quoted" <b>\n',
      clientId: 'key',
      network: '2001:db8:0:1::/64',
      detail: 'read update',
      count: 7,
    });
    const [oldest, newest] = [anEntry(now - 2), anEntry(now)];
    await log.append('johnsorg', [whole]);
    await log.append('johnsorg', [newest, oldest]);
    await log.append('johnsorg', []);
    expect(await log.list('johnsorg', { limit: 10 })).toStrictEqual({ entries: [newest, whole, oldest] });
  });

  it('separates organizations of any name, and entries without an organization', async () => {
    const { clock, log } = await open();
    const names = [undefined, ...HOSTILE_NAMES];
    const entries = names.map(() => anEntry(clock.now()));
    for (const [index, name] of names.entries()) await log.append(name, entries.slice(index, index + 1));
    for (const [index, name] of names.entries()) expect(await all(log, name)).toEqual([entries[index]]);
    expect(await all(log, 'nobody')).toEqual([]);
  });

  it('lists each of several entries of the same instant once, with any page length', async () => {
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

  it('continues after a cursor regardless of entries that were added since', async () => {
    const { clock, log } = await open();
    const now = clock.now();
    const entries = Array.from({ length: 6 }, (_, index) => anEntry(now - index));
    await log.append('johnsorg', entries);
    const { entries: first, next = '' } = await log.list('johnsorg', { limit: 3 });
    expect(first).toEqual(entries.slice(0, 3));
    await log.append('johnsorg', [anEntry(now + 1), anEntry(now + 2)]);
    expect(await log.list('johnsorg', { limit: 3, before: next })).toStrictEqual({ entries: entries.slice(3) });
  });

  it('does not accept the cursor of one organization for another', async () => {
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
  ])('ignores the invalid cursor %p', async (before) => {
    const { clock, log } = await open();
    const entries = [anEntry(clock.now()), anEntry(clock.now() - 1)];
    await log.append('johnsorg', entries);
    expect(await log.list('johnsorg', { limit: 5, before })).toEqual({ entries });
  });

  it('keeps entries for 30 days, by the injected clock', async () => {
    const { clock, log } = await open();
    const now = clock.now();
    const [old, young] = [anEntry(now), anEntry(now + 1)];
    await log.append('johnsorg', [old, young, anEntry(now - 30 * DAY)]);
    expect(await all(log, 'johnsorg')).toEqual([young, old]);
    clock.set(now + 30 * DAY);
    expect(await all(log, 'johnsorg')).toEqual([young]);
    const last = anEntry(clock.now());
    await log.append('johnsorg', [last]);
    clock.set(now); // dropped entries do not return
    expect(await all(log, 'johnsorg')).toEqual([last, young]);
  });

  it('keeps the last 10,000 entries of a category, whatever the batch size', async () => {
    const { clock, log } = await open();
    const start = clock.now() - 20_000;
    // Of many actors, so that none of them fills its share.
    const entries = Array.from({ length: 10_050 }, (_, index) => anEntry(start + index, { actor: `u${index % 20}` }));
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

  describe('and the share of one actor', () => {
    const flooding: readonly (readonly [who: string, entry: Partial<AuditEntry>, other: Partial<AuditEntry>])[] = [
      ['a user', { action: 'create_application', actor: 'eve' }, { action: 'create_application', actor: 'ana' }],
      ['a user who signs in', { action: 'sign_in', actor: 'eve' }, { action: 'sign_in', actor: 'ana' }],
      ['a client', { action: 'issue', clientId: 'busy' }, { action: 'issue', clientId: 'quiet' }],
      [
        'a network',
        { action: 'sign_in_failed', network: '192.0.2.1' },
        { action: 'sign_in_failed', network: '192.0.2.2' },
      ],
    ];

    it.each(flooding)('limits %s to 1,000 entries without evicting entries of others', async (_who, flood, other) => {
      const { clock, log } = await open();
      const start = clock.now() - 20_000;
      const before = [anEntry(start, other), anEntry(start, { action: 'disable_user', actor: 'ada' })];
      await log.append('johnsorg', before);
      const flooded = Array.from({ length: 2_300 }, (_, index) =>
        anEntry(start + 1 + index, { ...flood, target: `t${index}`, detail: String(index) }),
      );
      for (const [from, to] of [
        [0, 1_400],
        [1_400, 1_401],
        [1_401, 2_300],
      ]) {
        await log.append('johnsorg', flooded.slice(from, to));
      }
      const kept = (await everyPage(log, 'johnsorg', 500)).flat();
      expect(kept.slice(0, 1_000)).toEqual(flooded.slice(1_300).reverse());
      expect(
        kept
          .slice(1_000)
          .map(({ id }) => id)
          .sort(),
      ).toEqual(before.map(({ id }) => id).sort());
    });

    it('is the same for all spellings of a user name', async () => {
      const { clock, log } = await open();
      const start = clock.now() - 20_000;
      const first = anEntry(start, { actor: 'ana' });
      const spellings = ['eve', 'EVE', 'E ve', '\uFF25\uFF36\uFF25'];
      const entries = Array.from({ length: 1_200 }, (_, index) =>
        anEntry(start + 1 + index, { actor: spellings[index % spellings.length] ?? '' }),
      );
      await log.append('johnsorg', [first, ...entries]);
      const kept = (await everyPage(log, 'johnsorg', 500)).flat();
      expect(kept).toEqual([...entries.slice(200).reverse(), first]);
    });

    it('can be filled again once its entries have expired or were evicted by the overall limit', async () => {
      const { clock, log } = await open();
      const start = clock.now();
      const old = Array.from({ length: 1_000 }, (_, index) => anEntry(start + index, { actor: 'eve' }));
      await log.append('johnsorg', old);
      clock.set(start + 31 * DAY);
      const fresh = Array.from({ length: 1_000 }, (_, index) => anEntry(clock.now() - 1_000 + index, { actor: 'eve' }));
      for (const entry of fresh) await log.append('johnsorg', [entry]);
      expect((await everyPage(log, 'johnsorg', 500)).flat()).toEqual(fresh.reverse());
    }, 60_000);
  });

  it('keeps security entries apart from activity and failures, and lists all of them in one order', async () => {
    const { clock, log } = await open();
    const start = clock.now() - 30_000;
    const security = [
      anEntry(start, { action: 'sign_in', actor: 'ana' }),
      anEntry(start, { action: 'disable_user', actor: 'ada', target: 'ben' }),
      anEntry(start, { action: 'revoke', clientId: 'key' }),
    ];
    const failed = anEntry(start, { action: 'sign_in_failed', network: '192.0.2.9', target: 'ada' });
    await log.append('johnsorg', [...security, failed]);
    // Twelve actors together fill a whole part with their activity.
    const activity = Array.from({ length: 12_000 }, (_, index) =>
      anEntry(start + 1 + index, { action: 'create_application', actor: `u${index % 12}` }),
    );
    for (let from = 0; from < activity.length; from += 2_000) {
      await log.append('johnsorg', activity.slice(from, from + 2_000));
    }
    const kept = (await everyPage(log, 'johnsorg', 500)).flat();
    expect(kept).toHaveLength(10_004);
    expect(kept.slice(0, 10_000)).toEqual(activity.slice(2_000).reverse());
    expect(
      kept
        .slice(10_000)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...security, failed].map(({ id }) => id).sort());
  });

  it('counts each entry against the actor, client or network that caused it', () => {
    const caused: readonly (readonly [Partial<AuditEntry>, string])[] = [
      [{ actor: 'Ana', clientId: 'key', target: 'ben' }, 'user ana'],
      [{ clientId: 'key', target: 'ben' }, 'client key'],
      [{ network: '192.0.2.1', clientId: 'key', target: 'ben' }, 'network 192.0.2.1'],
      [{ target: 'Ben' }, 'user ben'],
      [{}, 'action sign_in'],
    ];
    for (const [entry, share] of caused) expect(shareOf(anEntry(0, entry))).toBe(share);
  });
};
