/** Time limits of an API for its upstreams, in milliseconds. The time in which the client is waited for never counts. */
export interface Timeouts {
  /** From the arrival of a request until its upstream connection is open, the wait for a free one included. */
  readonly connect: number;
  /** From the last byte of the request to the head of the response. */
  readonly response: number;
  /** Between two parts of a body. Not a limit on the whole body, which streams for as long as data arrives. */
  readonly idle: number;
}

/** Limits on the WebSockets of a process. */
export interface WebSocketLimits {
  /** Of one client, or of one address on public resources. */
  readonly perClient: number;
  readonly total: number;
}

/** Deadlines in milliseconds, and counts. */
export interface Limits {
  /** For APIs that set no time limits of their own. */
  readonly timeouts: Timeouts;
  /**
   * Maximum time for which a connection waits for its client: for a request, for more of its body, or until the client
   * reads. The time in which an upstream is waited for does not count.
   */
  readonly clientPause: number;
  /** Maximum number of connections to one upstream. */
  readonly upstreamSockets: number;
  /**
   * Maximum number of requests of one client whose bodies have not arrived completely, and of requests whose responses
   * it does not read. By default half of the connections.
   */
  readonly uploadsPerClient: number;
  /** Limits on the WebSockets of this process. */
  readonly webSockets: WebSocketLimits;
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
  timeouts: Object.freeze({ connect: 5_000, response: 30_000, idle: 30_000 }),
  clientPause: 75_000,
  upstreamSockets: 256,
  uploadsPerClient: 128,
  webSockets: Object.freeze({ perClient: 100, total: 10_000 }),
  storeDeadline: 1_500,
  reloadDeadline: 30_000,
  drainDeadline: 10_000,
  logInterval: 10_000,
});
