import { ServerHealth } from './server-health';

/** Notified of the servers of a group that are ejected, and of those that return. */
export interface EjectionListener<Server> {
  onEjected(server: Server): void;
  onReturned(server: Server): void;
}

export interface GroupOptions<Server> {
  /** At least one. */
  readonly servers: readonly Server[];
  /** Milliseconds after which a trial without a result is followed by another one; more than 30 seconds count as 30. */
  readonly trialTimeout: number;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly listener: EjectionListener<Server>;
}

type HasTurn = (health: ServerHealth) => boolean;

/**
 * Chooses servers that run the same service in turn. A server to which connections fail is left out for a time. If all
 * are left out, the one whose trial is next is used, so that a group never refuses a request.
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

  next(tried: readonly Server[]): Server | undefined {
    const now = this.#now();
    return this.#choose(tried, now, (health) => health.hasTurn(now));
  }

  nextForOnlyAttempt(): Server | undefined {
    const now = this.#now();
    return this.#choose([], now, (health) => health.hasSafeTurn(now));
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

  #choose(tried: readonly Server[], now: number, hasTurn: HasTurn): Server | undefined {
    const server = this.#inTurn(tried, hasTurn) ?? this.#firstToReturn(tried);
    if (server !== undefined) this.#health.get(server)?.onChosen(now);
    return server;
  }

  #inTurn(tried: readonly Server[], hasTurn: HasTurn): Server | undefined {
    const { length } = this.#servers;
    for (let step = 0; step < length; step += 1) {
      const index = (this.#turn + step) % length;
      const server = this.#servers[index];
      const health = server === undefined ? undefined : this.#health.get(server);
      if (server === undefined || health === undefined || tried.includes(server) || !hasTurn(health)) continue;
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
