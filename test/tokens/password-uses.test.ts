import { StoreUnavailableError } from '../../src/protocol/errors';
import { MemoryPasswordUseStore } from '../../src/stores/memory/password-uses';
import type { PasswordUse, PasswordUseStore } from '../../src/tokens/password-use-store';
import { PasswordUses } from '../../src/tokens/password-uses';
import { recordedLogger } from '../support/gate/gate';
import { aClock } from '../support/time/clock';

const DAY = 86_400;
const TODAY = 20_833;
const client = { clientId: 'key', organization: 'johnsorg' };

const opened: PasswordUses[] = [];
afterEach(async () => {
  for (const uses of opened.splice(0)) await uses.close();
});

/** Uses, and the batches that the store was given. */
const open = (changes: Partial<PasswordUseStore> = {}) => {
  const clock = aClock(TODAY * DAY);
  const real = new MemoryPasswordUseStore();
  const batches: (readonly PasswordUse[])[] = [];
  const store: PasswordUseStore = {
    add: async (batch) => {
      batches.push(batch);
      await real.add(batch);
    },
    usageSince: (of, day) => real.usageSince(of, day),
    ...changes,
  };
  const { logger, lines } = recordedLogger();
  const uses = new PasswordUses(store, clock.now, logger);
  opened.push(uses);
  return { clock, real, batches, lines, uses };
};

describe('uses of the password grant', () => {
  it('are counted by client and day, and written in one batch', async () => {
    const { clock, batches, uses } = open();
    uses.note(client);
    clock.advance(DAY - 1);
    uses.note(client);
    clock.advance(1);
    uses.note(client);
    uses.note({ clientId: 'other' });
    expect(batches).toEqual([]);
    await uses.close();
    expect(batches).toEqual([
      [
        { ...client, day: TODAY, grants: 2 },
        { ...client, day: TODAY + 1, grants: 1 },
        { clientId: 'other', organization: undefined, day: TODAY + 1, grants: 1 },
      ],
    ]);
  });

  it('of the last 30 days are added up for all key pairs, those that are not written yet included', async () => {
    const { clock, real, uses } = open();
    const sandbox = { ...client, clientId: 'sandbox' };
    await real.add([
      { ...client, day: TODAY, grants: 100 },
      { ...client, day: TODAY + 1, grants: 10 },
    ]);
    clock.advance(30 * DAY);
    uses.note(sandbox);
    expect(await uses.findFreshUsage([client, sandbox])).toEqual({ grants: 11, lastDay: TODAY + 30 });
    expect(await uses.findFreshUsage([client])).toEqual({ grants: 10, lastDay: TODAY + 1 });
    expect(await uses.findFreshUsage([{ clientId: 'unknown' }])).toEqual({ grants: 0 });
    expect(await uses.findFreshUsage([])).toEqual({ grants: 0 });
  });

  it('are bounded until they are written', async () => {
    const { batches, uses } = open();
    for (let count = 0; count < 10_010; count += 1) uses.note({ clientId: `key${count}` });
    await uses.close();
    expect(batches.map((batch) => batch.length)).toEqual([10_000]);
  });

  it('are dropped with a log line that names no client if the store is unavailable', async () => {
    const { lines, uses } = open({
      add: async () => {
        throw new StoreUnavailableError('deadline');
      },
    });
    uses.note(client);
    expect(await uses.findFreshUsage([client])).toEqual({ grants: 0 });
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain('key');
  });
});

describe('a store in memory', () => {
  it('keeps the counts of 10,000 clients', async () => {
    const store = new MemoryPasswordUseStore();
    for (let count = 0; count < 10_001; count += 1) {
      await store.add([{ clientId: `key${count}`, day: TODAY, grants: 1 }]);
    }
    expect(await store.usageSince({ clientId: 'key0' }, 0)).toEqual({ grants: 0 });
    expect(await store.usageSince({ clientId: 'key10000' }, 0)).toEqual({ grants: 1, lastDay: TODAY });
  });
});
