/** How long and how much, in milliseconds and numbers. */
export interface Limits {
  /** From the arrival of a request until a connection to the upstream stands, waiting for a free one included. */
  readonly connectDeadline: number;
  /** Longest silence of an upstream. It is no limit on the whole exchange: bodies stream for as long as they flow. */
  readonly upstreamSilence: number;
  /** Connections to one upstream. */
  readonly upstreamSockets: number;
  /** Longest wait for the store before the gateway says that it is ready. */
  readonly storeDeadline: number;
  /** Time for requests in flight after a stop signal. */
  readonly drainDeadline: number;
  /** A line that is repeated is logged once in this time. */
  readonly logInterval: number;
}

export const defaultLimits: Limits = Object.freeze({
  connectDeadline: 5_000,
  upstreamSilence: 30_000,
  upstreamSockets: 256,
  storeDeadline: 1_500,
  drainDeadline: 10_000,
  logInterval: 10_000,
});
