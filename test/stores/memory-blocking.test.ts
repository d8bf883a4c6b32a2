import { MemoryTokenStore } from '../../src/stores/memory/tokens';
import { mintGrantId } from '../../src/protocol/secrets';
import { systemClock } from '../../src/protocol/time';
import { aGrant } from '../support/tokens/records';

const GRANTS = 100_000;
const ROUNDS = 10;
const MAX_BLOCKED_MS = 10;

const cpuTime = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** Runs `act`, and returns the longest time for which it let no other callback run. */
const longestBlock = async (act: () => Promise<unknown>): Promise<number> => {
  let isDone = false;
  let longest = 0;
  let last = performance.now();
  let lastCpu = cpuTime();
  const look = (): void => {
    const [now, cpu] = [performance.now(), cpuTime()];
    // The smaller one: another process may have had the processor, and other threads of this one count as well.
    longest = Math.max(longest, Math.min(now - last, cpu - lastCpu));
    [last, lastCpu] = [now, cpu];
    if (!isDone) setImmediate(look);
  };
  setImmediate(look);
  await act();
  isDone = true;
  look();
  return longest;
};

test(`${GRANTS} grants in memory are ended in one step, listed and freed, and block the process for less than 10 ms`, async () => {
  const store = new MemoryTokenStore({ clock: systemClock, maxGrants: GRANTS });
  const client = { clientId: 'client' };
  const blocked = { end: Infinity, list: Infinity, free: Infinity };
  // The best of some rounds: what else the machine does adds to each.
  for (let round = 0; round < ROUNDS && Math.max(...Object.values(blocked)) > MAX_BLOCKED_MS; round += 1) {
    const { access } = aGrant(systemClock(), { accessExpiresAt: systemClock() + 3_600 });
    for (let saved = 0; saved < GRANTS; saved += 1) await store.save({ ...access, grantId: mintGrantId() });
    let listed = 0;
    const list = async (): Promise<void> => {
      for await (const page of store.grantsOf(client)) listed += page.length; // one array of all would block as long
    };
    blocked.list = Math.min(blocked.list, await longestBlock(list));
    expect(listed).toBe(GRANTS);
    blocked.end = Math.min(blocked.end, await longestBlock(() => store.replaceEpoch(client, 'grants')));
    blocked.free = Math.min(blocked.free, await longestBlock(() => store.freeEnded()));
    await store.check(); // has room again
  }
  expect(Math.max(...Object.values(blocked))).toBeLessThan(MAX_BLOCKED_MS);
  await store.close();
}, 120_000);
