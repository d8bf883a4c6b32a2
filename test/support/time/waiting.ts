const BETWEEN_CHECKS_MS = 5;

/** Waits for this long, and as much longer as the machine takes. */
export const after = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });

/** Waits until something holds. @throws when that takes far longer than on any machine that works, or `withinMs` */
export const until = async (holds: () => Promise<boolean> | boolean, withinMs = 20_000): Promise<void> => {
  const began = performance.now();
  while (!(await holds())) {
    if (performance.now() - began > withinMs) throw new Error(`it did not hold within ${withinMs} ms`);
    await after(BETWEEN_CHECKS_MS);
  }
};

/** Waits for a turn of the event loop, in which an unhandled rejection is reported and fails the test. */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
