import type { AuditEntry, AuditLog } from '../../src/audit/audit-log';
import type { AuditFilter } from '../../src/audit/audit-filter';
import { selectEntries } from '../../src/audit/selected-entries';
import { MemoryAuditLog } from '../../src/stores/memory/audit-log';

const NOW = 1_800_000_000;

const anEntry = (number: number, given: Partial<AuditEntry> = {}): AuditEntry => ({
  id: String(number).padStart(12, '0'),
  at: NOW - 10_000 + number,
  action: 'subscribe',
  actor: 'ana@johnsorg',
  target: 'Orders app',
  ...given,
});

const opened = async (entries: readonly AuditEntry[]) => {
  const log = new MemoryAuditLog(() => NOW, { maxPerActor: Infinity, onReached: () => undefined });
  await log.append('johnsorg', entries);
  const select = async (filter: AuditFilter, more: { before?: string; maxEntries?: number; maxRead?: number } = {}) =>
    selectEntries(log, { organization: 'johnsorg', filter, maxEntries: 50, maxRead: 10_000, ...more });
  const idsOf = async (filter: AuditFilter) => (await select(filter)).entries.map(({ id }) => Number(id));
  return { log, select, idsOf };
};

describe('the selection of audit entries', () => {
  it('filters by who acted, what was done, what was affected, and when', async () => {
    const { idsOf } = await opened([
      anEntry(1, { actor: 'Ben@johnsorg', action: 'sign_in' }),
      anEntry(2, { action: 'issue', clientId: 'key-1', actor: undefined as unknown as string }),
      anEntry(3, { network: '192.0.2.1', action: 'sign_in_failed', target: 'eve' }),
      anEntry(4, { detail: 'orders with the plan partner', target: 'Other' }),
      anEntry(5),
    ]);
    expect(await idsOf({})).toEqual([5, 4, 3, 2, 1]);
    expect(await idsOf({ who: 'BEN' })).toEqual([1]);
    expect(await idsOf({ who: 'key-' })).toEqual([2]);
    expect(await idsOf({ who: '192.0.2' })).toEqual([3]);
    expect(await idsOf({ action: 'sign_in' })).toEqual([1]);
    expect(await idsOf({ target: 'partner' })).toEqual([4]);
    expect(await idsOf({ target: 'orders' })).toEqual([5, 4, 2, 1]);
    expect(await idsOf({ target: 'key-1' })).toEqual([2]);
    expect(await idsOf({ from: NOW - 10_000 + 4 })).toEqual([5, 4]);
    expect(await idsOf({ until: NOW - 10_000 + 4 })).toEqual([3, 2, 1]);
    expect(await idsOf({ from: NOW - 10_000 + 2, until: NOW - 10_000 + 4, who: 'ana' })).toEqual([3]);
  });

  it('continues behind the last entry of a part, without a gap or a repeat', async () => {
    const { select } = await opened(
      Array.from({ length: 1_200 }, (_, number) => anEntry(number, { actor: number % 3 === 0 ? 'ben' : 'ana' })),
    );
    const found: number[] = [];
    for (let before: string | undefined; ;) {
      const part = await select({ who: 'ben' }, { maxEntries: 50, ...(before === undefined ? {} : { before }) });
      expect(part.entries.length).toBeLessThanOrEqual(50);
      found.push(...part.entries.map(({ id }) => Number(id)));
      if (part.next === undefined) break;
      before = part.next;
    }
    expect(found).toEqual(Array.from({ length: 400 }, (_, number) => 1_197 - number * 3));
  });

  it('reads no more than its bound, and continues there', async () => {
    const { log, select } = await opened(Array.from({ length: 3_000 }, (_, number) => anEntry(number)));
    const list = jest.spyOn(log, 'list' satisfies keyof AuditLog);
    const first = await select({ who: 'nobody' }, { maxRead: 1_200 });
    expect([first.entries, first.next]).toEqual([[], expect.any(String)]);
    expect(list.mock.calls.map(([, { limit }]) => limit)).toEqual([500, 500, 200]);
    const second = await select({ who: 'nobody' }, { maxRead: 2_000, before: first.next ?? '' });
    expect(second).toEqual({ entries: [] });
  });

  it('has no next part if it ends with the last entry', async () => {
    const { select } = await opened(Array.from({ length: 50 }, (_, number) => anEntry(number)));
    expect(await select({})).not.toHaveProperty('next');
    expect(await select({}, { maxEntries: 49 })).toHaveProperty('next');
  });
});
