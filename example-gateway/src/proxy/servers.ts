import type { Upstream } from './upstream';

/** The servers of an API in one environment. */
export interface UpstreamServers {
  /** Returns the server for the next attempt of a request, which is none of `tried`; `undefined` if there is no other. */
  next(tried: readonly Upstream[]): Upstream | undefined;
  /** Called when a server has responded, whatever the status. */
  onResponse(server: Upstream): void;
  /** Called when no connection to a server could be opened. */
  onConnectionFailure(server: Upstream): void;
}

/** The servers of an API that has one. */
export const oneServer = (server: Upstream): UpstreamServers => ({
  next: (tried) => (tried.length === 0 ? server : undefined),
  onResponse: () => undefined,
  onConnectionFailure: () => undefined,
});
