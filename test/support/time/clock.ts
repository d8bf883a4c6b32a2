/** A clock that does not advance until it is moved. */
export interface TestClock {
  /** Epoch seconds, with a fraction where one was set. Give it to scopegate as `clock`. */
  readonly now: () => number;
  advance(seconds: number): void;
  set(epochSeconds: number): void;
}

export const aClock = (startEpochSeconds = 1_800_000_000): TestClock => {
  // Whole milliseconds inside: 0.1 s added ten times is one second.
  let milliseconds = Math.round(startEpochSeconds * 1000);
  return {
    now: () => milliseconds / 1000,
    advance: (seconds) => {
      milliseconds += Math.round(seconds * 1000);
    },
    set: (epochSeconds) => {
      milliseconds = Math.round(epochSeconds * 1000);
    },
  };
};
