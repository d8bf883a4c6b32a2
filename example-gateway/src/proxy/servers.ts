import type { Upstream } from './upstream';

/** The servers of an API in one environment. */
export interface UpstreamServers {
  /** The number of servers. */
  readonly size: number;
  /** Returns the server for the next attempt of a request, which is none of `tried`; `undefined` if there is no other. */
  next(tried: readonly Upstream[]): Upstream | undefined;
  /** Returns the server for a request that cannot be repeated: one that has just failed is avoided for longer. */
  nextForOnlyAttempt(): Upstream | undefined;
  /** Called when a server has responded, whatever the status. */
  onResponse(server: Upstream): void;
  /** Called when no connection to a server could be opened. */
  onConnectionFailure(server: Upstream): void;
}
