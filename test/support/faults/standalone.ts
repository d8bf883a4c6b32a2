import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import type { RedisLike } from 'scopegate';
import { openFaultProxy, type FaultProxy } from '../redis/open-fault-proxy';
import { RedisServer, type Persistence } from '../redis/server';
import { GATES, type Topology } from './topology';

/** The major version of ioredis. */
export type Driver = 5 | 6;

/** One server, and a fault proxy for each gate. */
export class Standalone implements Topology {
  readonly name: string;
  readonly revocationBoundMs = 50;
  readonly server: RedisServer;
  /** The way of each gate. */
  readonly proxies: readonly FaultProxy[];
  /** A connection for the fault itself, such as `CONFIG SET`. */
  readonly admin: Redis;
  readonly #driver: Driver;
  readonly #clients: { disconnect(): void }[] = [];

  private constructor(driver: Driver, server: RedisServer, proxies: readonly FaultProxy[]) {
    this.name = `standalone, ioredis ${driver}`;
    this.#driver = driver;
    this.server = server;
    this.proxies = proxies;
    this.admin = this.#open(new Redis(server.address));
  }

  static async open(driver: Driver, persistence: Persistence = 'none'): Promise<Standalone> {
    const server = await RedisServer.start('port', persistence);
    const proxies = await Promise.all(Array.from({ length: GATES }, () => openFaultProxy(server.address)));
    return new Standalone(driver, server, proxies);
  }

  clientOf(gate: number): RedisLike {
    const url = this.proxies[gate]?.url ?? '';
    return this.#open(this.#driver === 5 ? new Redis5(url) : new Redis(url));
  }

  directClient(): RedisLike {
    return this.#open(new Redis(this.server.address));
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    await this.server.close();
  }

  #open<C extends Redis | Redis5>(client: C): C {
    client.on('error', () => undefined);
    this.#clients.push(client);
    return client;
  }
}
