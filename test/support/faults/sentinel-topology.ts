import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import type { RedisLike } from 'scopegate';
import { SentinelSet } from '../redis/sentinel';
import type { Driver } from './standalone';
import type { Topology } from './topology';

/** A primary with two replicas and three Sentinels. */
export class SentinelTopology implements Topology {
  readonly name: string;
  readonly revocationBoundMs = 50;
  readonly set: SentinelSet;
  readonly #driver: Driver;
  readonly #clients: { disconnect(): void }[] = [];

  private constructor(driver: Driver, set: SentinelSet) {
    this.name = `Sentinel, ioredis ${driver}`;
    this.#driver = driver;
    this.set = set;
  }

  static async open(driver: Driver): Promise<SentinelTopology> {
    return new SentinelTopology(driver, await SentinelSet.open());
  }

  clientOf(): RedisLike {
    const options = { sentinels: [...this.set.sentinels], name: this.set.name };
    return this.#keep(this.#driver === 5 ? new Redis5(options) : new Redis(options));
  }

  directClient(): RedisLike {
    return this.clientOf();
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    this.set.close();
  }

  #keep<C extends Redis | Redis5>(client: C): C {
    client.on('error', () => undefined);
    this.#clients.push(client);
    return client;
  }
}
