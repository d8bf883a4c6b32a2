import type { Milliseconds } from '../../protocol/time';
import { reconnect } from './own-connection';
import type { RedisLike } from './redis-like';

/**
 * Time for which connections to a former primary are refused. Sentinel usually promotes a replica within two seconds, and
 * the other Sentinels announce it at most two seconds later. After that, the failover counts as aborted.
 */
const AVOIDED_FOR_MS = 5_000;

/** An address as Sentinel writes it, `host:port`. */
export type ServerAddress = string;

/** Returns the address of the server at the other end of a connection; `undefined` if there is none. */
const peerOf = ({ stream }: RedisLike & { readonly stream?: unknown }): ServerAddress | undefined => {
  if (typeof stream !== 'object' || stream === null) return undefined;
  const { remoteAddress, remotePort } = stream as { readonly remoteAddress?: unknown; readonly remotePort?: unknown };
  if (typeof remoteAddress !== 'string' || typeof remotePort !== 'number') return undefined;
  return `${remoteAddress.replace(/^::ffff:(?=\d+\.)/, '')}:${remotePort}`;
};

/**
 * Keeps a connection away from a primary that Sentinel has replaced, or is about to: until it is demoted, it accepts
 * changes that are discarded, and a Sentinel that has not received the failover still returns it.
 */
export class FormerPrimary {
  readonly #client: RedisLike;
  #left: ServerAddress | undefined;
  #avoided = new Set<ServerAddress>();
  #avoidedUntil: Milliseconds = 0;

  constructor(client: RedisLike) {
    this.#client = client;
    client.on('connect', () => {
      const peer = peerOf(client);
      if (peer !== undefined && this.#avoided.has(peer) && performance.now() < this.#avoidedUntil) reconnect(client);
    });
  }

  /**
   * Leaves a primary, unless that was done already.
   * @param next the primary that replaces it, if it is known
   */
  leave(address: ServerAddress, next?: ServerAddress): void {
    const peer = peerOf(this.#client);
    const isConnected = this.#client.status === 'connect' || this.#client.status === 'ready';
    if (isConnected && this.#isElsewhere(peer, address, next)) return;
    this.#left = address;
    // Both, because the address that the gate connects to can differ from the one that Sentinel names (NAT, host names).
    this.#avoided = new Set([address, ...(isConnected && peer !== undefined ? [peer] : [])]);
    this.#avoidedUntil = performance.now() + AVOIDED_FOR_MS;
    reconnect(this.#client);
  }

  /** Permits connections to a primary again, because its failover was aborted. */
  stay(): void {
    this.#left = undefined;
    this.#avoided.clear();
  }

  /** @param peer the server that the connection has reached */
  #isElsewhere(peer: ServerAddress | undefined, address: ServerAddress, next: ServerAddress | undefined): boolean {
    if (peer === undefined) return false;
    return peer === next || (this.#left === address && !this.#avoided.has(peer));
  }
}
