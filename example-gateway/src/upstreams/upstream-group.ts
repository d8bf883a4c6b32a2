import { ServerHealth } from './server-health';

/** Notified of the servers of a group that are ejected, and of those that return. */
export interface EjectionListener<Server> {
  onEjected(server: Server): void;
  onReturned(server: Server): void;
}

export interface GroupOptions<Server> {
  /** At least one. */
  readonly servers: readonly Server[];
  /** Milliseconds after which a trial without a result is followed by another one. */
  readonly trialTimeout: number;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly listener: EjectionListener<Server>;
}

/**
 * Servers that run the same service, in turn. A server to which connections fail is left out for a time. If all are,
 * the one that is to return first is used, so that a group never refuses a request by itself.
 */
export class UpstreamGroup<Server> {
  readonly #servers: readonly Server[];
  readonly #health: ReadonlyMap<Server, ServerHealth>;
  readonly #now: () => number;
  readonly #listener: EjectionListener<Server>;
  /** The index of the server whose turn it is. */
  #turn = 0;

  constructor({ servers, trialTimeout, now, listener }: GroupOptions<Server>) {
    this.#servers = servers;
    this.#health = new Map(servers.map((server) => [server, new ServerHealth(trialTimeout)]));
    this.#now = now;
    this.#listener = listener;
  }

  get size(): number {
    return this.#servers.length;
  }

  /** Returns the server for an attempt of a request. @param tried the servers of its earlier attempts */
  next(tried: readonly Server[]): Server | undefined {
    const now = this.#now();
    const server = this.#inTurn(tried, now) ?? this.#firstToReturn(tried);
    if (server !== undefined) this.#health.get(server)?.onChosen(now);
    return server;
  }

  /** Called when a server has responded to an attempt. */
  onResponse(server: Server): void {
    if (this.#health.get(server)?.onResponse() === 'returned') this.#listener.onReturned(server);
  }

  /** Called when no connection to a server could be opened for an attempt. */
  onConnectionFailure(server: Server): void {
    if (this.#servers.length === 1) return; // it is used in any case
    const change = this.#health.get(server)?.onConnectionFailure(this.#now());
    if (change === 'ejected') this.#listener.onEjected(server);
  }

  #inTurn(tried: readonly Server[], now: number): Server | undefined {
    const { length } = this.#servers;
    for (let step = 0; step < length; step += 1) {
      const index = (this.#turn + step) % length;
      const server = this.#servers[index];
      if (server === undefined || tried.includes(server) || this.#health.get(server)?.hasTurn(now) !== true) continue;
      if (tried.length === 0) this.#turn = (index + 1) % length;
      return server;
    }
    return undefined;
  }

  #firstToReturn(tried: readonly Server[]): Server | undefined {
    const endOf = (server: Server): number => this.#health.get(server)?.ejectedUntil ?? 0;
    const [first, ...others] = this.#servers.filter((server) => !tried.includes(server));
    return others.reduce((best, server) => (best === undefined || endOf(server) < endOf(best) ? server : best), first);
  }
}
