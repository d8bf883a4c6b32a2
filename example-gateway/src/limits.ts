/** Deadlines in milliseconds, and counts. */
export interface Limits {
  /** From the arrival of a request until its upstream connection is open, the wait for a free socket included. */
  readonly connectDeadline: number;
  /** Maximum silence of an upstream. Not a limit on the whole exchange: bodies stream for as long as data arrives. */
  readonly upstreamSilence: number;
  /** Maximum number of connections to one upstream. */
  readonly upstreamSockets: number;
  /** Maximum wait for the store before the gateway prints its ready line. */
  readonly storeDeadline: number;
  /** Maximum wait of a reload for the store and the registration of declared records. */
  readonly reloadDeadline: number;
  /** Time for requests in flight after a stop signal. */
  readonly drainDeadline: number;
  /** A repeated line is logged once per interval. */
  readonly logInterval: number;
}

export const defaultLimits: Limits = Object.freeze({
  connectDeadline: 5_000,
  upstreamSilence: 30_000,
  upstreamSockets: 256,
  storeDeadline: 1_500,
  reloadDeadline: 30_000,
  drainDeadline: 10_000,
  logInterval: 10_000,
});
