import { Restarts } from '../src/workers/restarts';

const repeatedly = (restarts: Restarts, times: number, now = 0) =>
  Array.from({ length: times }, () => restarts.afterFailure(now));

describe('replacements of a worker', () => {
  it('wait longer with each failure, up to ten seconds', () => {
    const delays = repeatedly(new Restarts(), 8).map(({ delay }) => delay);
    expect(delays).toEqual([100, 200, 400, 800, 10_000, 10_000, 10_000, 10_000]);
  });

  it('are reported as repeated from the fifth failure within a minute', () => {
    const restarts = new Restarts();
    expect(repeatedly(restarts, 4, 0).map(({ isRepeated }) => isRepeated)).toEqual([false, false, false, false]);
    expect(restarts.afterFailure(59_999)).toEqual({ isRepeated: true, delay: 10_000 });
  });

  it('no longer count a failure after a minute', () => {
    const restarts = new Restarts();
    repeatedly(restarts, 5, 0);
    expect(restarts.afterFailure(60_000)).toEqual({ isRepeated: false, delay: 100 });
  });
});
