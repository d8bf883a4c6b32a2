const TICK_MS = 5;

export interface Watched<T> {
  readonly value: T;
  /** Milliseconds by which ticks were late: what a busy machine adds to every duration. */
  readonly stalledMs: number;
}

/** Runs `act`, and measures how long this process was blocked. Waiting for a timer or a socket does not count. */
export const measureStalls = async <T>(act: () => Promise<T>): Promise<Watched<T>> => {
  let stalledMs = 0;
  let last = performance.now();
  const tick = (): void => {
    const now = performance.now();
    stalledMs += Math.max(0, now - last - TICK_MS);
    last = now;
  };
  const timer = setInterval(tick, TICK_MS);
  try {
    const value = await act();
    tick();
    return { value, stalledMs };
  } finally {
    clearInterval(timer);
  }
};
