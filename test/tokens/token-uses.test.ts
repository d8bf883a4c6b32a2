import { StoreUnavailableError } from '../../src/protocol/errors';
import { mintGrantId } from '../../src/protocol/secrets';
import { MemoryTokenUseStore } from '../../src/stores/memory/token-uses';
import type { TokenUse, TokenUseStore } from '../../src/tokens/token-use-store';
import { TokenUses } from '../../src/tokens/token-uses';
import { aClock } from '../support/time/clock';
import { recordedLogger } from '../support/gate/gate';
import { nextTurn } from '../support/time/waiting';

const opened: TokenUses[] = [];
afterEach(async () => {
  for (const uses of opened.splice(0)) await uses.close();
});

/** Uses, and the batches that the store was given. */
const open = (changes: Partial<TokenUseStore> = {}) => {
  const clock = aClock(1_800_000_000);
  const real = new MemoryTokenUseStore();
  const batches: (readonly TokenUse[])[] = [];
  const store: TokenUseStore = {
    note: async (batch) => {
      batches.push(batch);
      await real.note(batch);
    },
    lastUses: (clientId, grants) => real.lastUses(clientId, grants),
    ...changes,
  };
  const { logger, lines } = recordedLogger();
  const uses = new TokenUses(store, clock.now, logger);
  opened.push(uses);
  return { clock, real, batches, lines, uses };
};

const clientId = 'key';

describe('last uses of tokens', () => {
  it('are stored to the minute, and returned before they are written', async () => {
    const { clock, real, batches, uses } = open();
    const [grantId, unused] = [mintGrantId(), mintGrantId()];
    clock.advance(59.9);
    uses.note({ grantId, clientId });
    expect(await uses.lastOf(clientId, [unused, grantId])).toEqual([undefined, 1_800_000_000]);
    expect(batches).toEqual([]);
    await uses.flush();
    expect(await real.lastUses(clientId, [grantId])).toEqual([1_800_000_000]);
    expect(await uses.lastOf(clientId, [unused, grantId])).toEqual([undefined, 1_800_000_000]);
  });

  it('are reduced to the latest one of each token, however often it is used', async () => {
    const { clock, batches, uses } = open();
    const grantId = mintGrantId();
    for (let count = 0; count < 1_000; count += 1) uses.note({ grantId, clientId });
    clock.advance(60);
    uses.note({ grantId, clientId });
    await uses.flush();
    expect(batches).toEqual([[{ grantId, clientId, at: 1_800_000_060 }]]);
  });

  it('are written once, and nothing is sent if there are none', async () => {
    const { batches, uses } = open();
    await uses.flush();
    uses.note({ grantId: mintGrantId(), clientId });
    await uses.flush();
    await uses.flush();
    expect(batches).toHaveLength(1);
  });

  it('are never older than what another gate has written', async () => {
    const { real, uses } = open();
    const grantId = mintGrantId();
    uses.note({ grantId, clientId });
    await real.note([{ grantId, clientId, at: 1_800_000_060 }]);
    expect(await uses.lastOf(clientId, [grantId])).toEqual([1_800_000_060]);
  });

  it('are bounded until they are written', async () => {
    const { batches, uses } = open();
    for (let count = 0; count < 50_010; count += 1) uses.note({ grantId: mintGrantId(), clientId });
    await uses.flush();
    expect(batches.map((batch) => batch.length)).toEqual([50_000]);
    uses.note({ grantId: mintGrantId(), clientId });
    await uses.flush();
    expect(batches.at(-1)).toHaveLength(1);
  });

  it('are dropped with a log line if the store is unavailable, and noted again with the next use', async () => {
    let isAway = true;
    const written: TokenUse[] = [];
    const { lines, uses } = open({
      note: async (batch) => {
        if (isAway) throw new StoreUnavailableError('deadline');
        written.push(...batch);
      },
    });
    const grantId = mintGrantId();
    uses.note({ grantId, clientId });
    await uses.flush();
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toContain(grantId);
    isAway = false;
    uses.note({ grantId, clientId });
    await uses.flush();
    expect(written).toEqual([{ grantId, clientId, at: 1_800_000_000 }]);
  });
});

describe('a running write of last uses', () => {
  /** Uses whose store completes a write when the test completes it. */
  const openSlow = () => {
    const ends: (() => void)[] = [];
    const written: TokenUse[] = [];
    const slow = open({
      note: async (batch) => {
        await new Promise<void>((resolve) => {
          ends.push(resolve);
        });
        written.push(...batch);
      },
      lastUses: async (_clientId, grants) => grants.map((id) => written.find(({ grantId }) => grantId === id)?.at),
    });
    return { ...slow, ends, written };
  };

  it('is awaited by a flush and by the close, which write what was noted in the meantime', async () => {
    const { uses, ends, written } = openSlow();
    const [first, second] = [mintGrantId(), mintGrantId()];
    uses.note({ grantId: first, clientId });
    void uses.flush();
    await nextTurn();
    uses.note({ grantId: second, clientId });
    let isClosed = false;
    const closing = Promise.resolve(uses.close()).then(() => {
      isClosed = true;
    });
    await nextTurn();
    expect(isClosed).toBe(false);
    ends[0]?.();
    await nextTurn();
    expect([isClosed, written.map(({ grantId }) => grantId)]).toEqual([false, [first]]);
    ends[1]?.();
    await closing;
    expect(written.map(({ grantId }) => grantId)).toEqual([first, second]);
  });

  it('is returned before the store has it', async () => {
    const { uses, ends } = openSlow();
    const grantId = mintGrantId();
    uses.note({ grantId, clientId });
    const flushed = uses.flush();
    await nextTurn();
    expect(await uses.lastOf(clientId, [grantId])).toEqual([1_800_000_000]);
    ends[0]?.();
    await flushed;
    expect(await uses.lastOf(clientId, [grantId])).toEqual([1_800_000_000]);
  });
});

describe('the timer of last uses', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('writes once per minute until it is closed', async () => {
    const { batches, uses } = open();
    const noteOne = () => uses.note({ grantId: mintGrantId(), clientId });
    noteOne();
    await jest.advanceTimersByTimeAsync(59_999);
    expect(batches).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(batches).toHaveLength(1);
    noteOne();
    await uses.close(); // writes what was noted
    expect(batches).toHaveLength(2);
    noteOne();
    await jest.advanceTimersByTimeAsync(600_000);
    expect(batches).toHaveLength(2);
    expect(jest.getTimerCount()).toBe(0);
  });
});
