/** The times of one fault, by the monotonic clock. */
export interface FaultTimes {
  /** Milliseconds within which a revocation takes effect while nothing is wrong. */
  readonly healthyBoundMs: number;
  /** The same during the fault. */
  readonly boundMs: number;
  beganAt: number;
  /** `Infinity` until it has ended. */
  endedAt: number;
  /** The last 503 after the end, or the end. */
  greenAt: number;
}

/** Creates the times of a fault that has not begun. */
export const createFaultTimes = (healthyBoundMs: number, boundMs = healthyBoundMs): FaultTimes => ({
  healthyBoundMs,
  boundMs,
  beganAt: Infinity,
  endedAt: Infinity,
  greenAt: Infinity,
});

/** Returns the bound of a revocation that was acknowledged at this time. */
export const boundOf = (times: FaultTimes, revokedAt: number): number => {
  const meetsFault = revokedAt + times.healthyBoundMs >= times.beganAt && revokedAt <= times.greenAt;
  return meetsFault ? times.boundMs : times.healthyBoundMs;
};

/** True between the beginning of the fault, after the time it takes to have its effect, and its end. */
export const isDuring = ({ beganAt, endedAt }: FaultTimes, at: number, settledMs = 0): boolean =>
  at >= beganAt + settledMs && at < endedAt;
