import { SingleFlight } from '../../src/reload/single-flight';

/** A task whose runs end when the test allows it. */
const aHeldTask = () => {
  const ends: ((value: number) => void)[] = [];
  let runs = 0;
  const flight = new SingleFlight(() => {
    runs += 1;
    return new Promise<number>((resolve) => ends.push(resolve));
  });
  return { flight, runs: () => runs, end: (value: number) => ends.shift()?.(value) };
};

describe('a task that runs once at a time', () => {
  it('runs once more for all calls during a run, however many they are', async () => {
    const { flight, runs, end } = aHeldTask();
    const first = flight.run();
    const others = Array.from({ length: 1_000 }, () => flight.run());
    expect(runs()).toBe(1);
    end(1);
    expect(await first).toBe(1);
    await Promise.resolve();
    end(2);
    expect(new Set(await Promise.all(others))).toEqual(new Set([2]));
    expect(runs()).toBe(2);
    const last = flight.run();
    expect(runs()).toBe(3);
    end(3);
    expect(await last).toBe(3);
  });

  it('runs again after a run that failed', async () => {
    let runs = 0;
    const flight = new SingleFlight(async () => {
      runs += 1;
      if (runs === 1) throw new Error('failed');
      return runs;
    });
    const [first, second] = [flight.run(), flight.run()];
    await expect(first).rejects.toThrow('failed');
    expect(await second).toBe(2);
  });

  it('settles when the last run has ended', async () => {
    const { flight, runs, end } = aHeldTask();
    const both = [flight.run(), flight.run()];
    const settled = flight.settle();
    end(1);
    await both[0];
    await Promise.resolve();
    end(2);
    await settled;
    expect(runs()).toBe(2);
    await new SingleFlight(async () => 1).settle();
  });
});
