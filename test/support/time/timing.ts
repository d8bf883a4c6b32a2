const TRIES = 20;

/** Milliseconds that something takes at its best of some tries: what else runs on the machine only adds. */
export const fastest = (act: () => unknown): number => {
  const times = Array.from({ length: TRIES }, () => {
    const began = performance.now();
    act();
    return performance.now() - began;
  });
  return Math.min(...times);
};

/** Milliseconds that this process has computed so far, by however many threads: no other process adds to them. */
export const computedMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** The middle of some durations; `NaN` of none. */
export const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
