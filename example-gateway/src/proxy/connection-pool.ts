import { Connection } from './connection';
import type { SocketOpener } from './upstream-socket';

/** A request that needs a connection. */
export interface Borrower {
  onConnection(connection: Connection): void;
}

/** The connections to one server. Each carries one request at a time. */
export class ConnectionPool {
  readonly #origin: string;
  readonly #opener: SocketOpener;
  readonly #maxConnections: number;
  readonly #maxWaiting: number;
  readonly #connections = new Set<Connection>();
  readonly #idle: Connection[] = [];
  readonly #waiting = new Set<Borrower>();

  constructor(origin: string, opener: SocketOpener, maxConnections: number) {
    this.#origin = origin;
    this.#opener = opener;
    this.#maxConnections = maxConnections;
    this.#maxWaiting = 4 * maxConnections;
  }

  /** Passes on a connection as soon as one is free. @returns false if too many requests wait already */
  borrow(borrower: Borrower): boolean {
    const connection = this.#idle.pop() ?? this.#openIfAllowed();
    if (connection !== undefined) borrower.onConnection(connection);
    else if (this.#waiting.size >= this.#maxWaiting) return false;
    else this.#waiting.add(borrower);
    return true;
  }

  /** Like `borrow`, but passes on an idle connection only if no other can be opened. */
  borrowNew(borrower: Borrower): boolean {
    const connection = this.#openIfAllowed();
    if (connection === undefined) return this.borrow(borrower);
    borrower.onConnection(connection);
    return true;
  }

  /** Ends the wait of a borrower that no longer needs a connection. */
  cancel(borrower: Borrower): void {
    this.#waiting.delete(borrower);
  }

  /** Takes back a connection whose request is over. */
  release(connection: Connection): void {
    if (!this.#connections.has(connection)) return;
    const [next] = this.#waiting;
    if (next === undefined) return void this.#idle.push(connection);
    this.#waiting.delete(next);
    return next.onConnection(connection);
  }

  /** Closes a connection. A new one may take its place. */
  discard(connection: Connection): void {
    if (!this.#connections.delete(connection)) return;
    connection.destroy();
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.borrow(next);
  }

  /** Closes all connections, and cuts off their requests. */
  close(): void {
    this.#waiting.clear();
    for (const connection of this.#connections) connection.destroy();
    this.#connections.clear();
    this.#idle.length = 0;
  }

  #openIfAllowed(): Connection | undefined {
    return this.#connections.size < this.#maxConnections ? this.#open() : undefined;
  }

  #open(): Connection {
    const connection = new Connection(this.#origin, this.#opener, (closed) => this.#onClosed(closed));
    this.#connections.add(connection);
    return connection;
  }

  #onClosed(connection: Connection): void {
    const index = this.#idle.indexOf(connection);
    if (index === -1) return; // in use: its request fails, or opens it again
    this.#idle.splice(index, 1);
    this.discard(connection);
  }
}
