import { StoreUnavailableError } from '../../src/protocol/errors';
import { Freeing } from '../../src/tokens/freeing';
import type { GrantOwner } from '../../src/tokens/principal';
import { recordedLogger } from '../support/gate/gate';
import { deferred } from '../support/time/deferred';
import { until } from '../support/time/waiting';

const opened: Freeing[] = [];
afterEach(() => {
  for (const freeing of opened.splice(0)) freeing.close();
  jest.useRealTimers();
});

const open = (freeEnded: (owner: GrantOwner) => Promise<void>) => {
  const { logger, lines } = recordedLogger();
  const freeing = new Freeing({ freeEnded }, logger);
  opened.push(freeing);
  return { freeing, lines };
};

test('owners are freed one at a time, and an owner that is added twice is freed once more', async () => {
  const gate = deferred();
  const freed: GrantOwner[] = [];
  const { freeing } = open(async (owner) => {
    freed.push(owner);
    await gate.promise;
  });
  freeing.add({ clientId: 'a' });
  for (const clientId of ['b', 'c', 'b', 'a']) freeing.add({ clientId });
  expect(freed).toEqual([{ clientId: 'a' }]);
  gate.resolve();
  await until(() => freed.length === 4);
  expect(freed).toEqual(['a', 'b', 'c', 'a'].map((clientId) => ({ clientId })));
});

test('a failure is logged and retried, with the owners that were waiting', async () => {
  jest.useFakeTimers();
  const freed: GrantOwner[] = [];
  let isAway = true;
  const { freeing, lines } = open(async (owner) => {
    if (isAway) throw new StoreUnavailableError('deadline');
    freed.push(owner);
  });
  freeing.add({ clientId: 'a' });
  freeing.add({ subject: 'b' });
  await jest.advanceTimersByTimeAsync(0);
  expect(freed).toEqual([]);
  expect(lines).toHaveLength(1);
  isAway = false;
  await jest.advanceTimersByTimeAsync(10_000);
  expect(freed).toEqual([{ subject: 'b' }, { clientId: 'a' }]);
  expect(lines).toHaveLength(1);
});

test('a failure that lasts is given up after some attempts', async () => {
  jest.useFakeTimers();
  let attempts = 0;
  const { freeing } = open(async () => {
    attempts += 1;
    throw new StoreUnavailableError('deadline');
  });
  freeing.add({ clientId: 'a' });
  await jest.advanceTimersByTimeAsync(1_000_000);
  expect(attempts).toBe(5);
  expect(jest.getTimerCount()).toBe(0);
});

test('nothing is freed or retried after close', async () => {
  jest.useFakeTimers();
  let attempts = 0;
  const { freeing } = open(async () => {
    attempts += 1;
    throw new StoreUnavailableError('deadline');
  });
  freeing.add({ clientId: 'a' });
  await jest.advanceTimersByTimeAsync(0);
  freeing.close();
  freeing.add({ clientId: 'b' });
  await jest.advanceTimersByTimeAsync(1_000_000);
  expect(attempts).toBe(1);
  expect(jest.getTimerCount()).toBe(0);
});
