import { RefusalSpacer } from '../../src/directory/refusal-spacer';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'], now: 0 });
});

afterEach(() => {
  jest.useRealTimers();
});

const figures = { spacing: 5, maxWait: 100, maxWaiting: 1_000 };

/** Milliseconds after which each of this many concurrent callers proceeds. */
const departures = async (spacer: RefusalSpacer, amount: number): Promise<readonly number[]> => {
  const start = performance.now();
  const gone: number[] = [];
  const all = Array.from({ length: amount }, async () => {
    await spacer.wait();
    gone.push(performance.now() - start);
  });
  await jest.advanceTimersByTimeAsync(1_000);
  await Promise.all(all);
  return gone;
};

it('the first caller proceeds immediately, and later ones at an even pace', async () => {
  expect(await departures(new RefusalSpacer(figures), 5)).toEqual([0, 5, 10, 15, 20]);
});

it('a caller that arrives after the queue is empty proceeds immediately again', async () => {
  const spacer = new RefusalSpacer(figures);
  await departures(spacer, 5);
  expect(await departures(spacer, 2)).toEqual([0, 5]);
});

it('no caller waits longer than the limit, however many arrive', async () => {
  const gone = await departures(new RefusalSpacer(figures), 200);
  expect(gone).toHaveLength(200);
  expect(Math.max(...gone)).toBe(100);
});

it('no more than the maximum number of callers are delayed at a time', async () => {
  const gone = await departures(new RefusalSpacer({ ...figures, maxWaiting: 3 }), 10);
  expect(gone).toEqual([0, 0, 0, 0, 0, 0, 0, 5, 10, 15]);
});
