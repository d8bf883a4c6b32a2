import { Cluster } from 'ioredis';
import { Cluster as Cluster5 } from 'ioredis5';
import type { RedisLike } from 'scopegate';
import { ReplicatedCluster, type ReplicatedClusterOptions } from '../redis/replicated-cluster';
import type { Driver } from './standalone';
import type { Topology } from './topology';

/** Nothing is cached for longer in a Cluster. */
const REVOCATION_BOUND_MS = 1_500;

/** A Cluster of three primaries with a replica each. */
export class ClusterTopology implements Topology {
  readonly name: string;
  readonly revocationBoundMs = REVOCATION_BOUND_MS;
  readonly cluster: ReplicatedCluster;
  readonly #driver: Driver;
  readonly #clients: { disconnect(): void }[] = [];

  private constructor(driver: Driver, cluster: ReplicatedCluster) {
    this.name = `Cluster, ioredis ${driver}`;
    this.#driver = driver;
    this.cluster = cluster;
  }

  static async open(driver: Driver, options: ReplicatedClusterOptions): Promise<ClusterTopology> {
    return new ClusterTopology(driver, await ReplicatedCluster.open(options));
  }

  clientOf(): RedisLike {
    const nodes = [...this.cluster.addresses];
    return this.#keep(this.#driver === 5 ? new Cluster5(nodes) : new Cluster(nodes));
  }

  directClient(): RedisLike {
    return this.clientOf();
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    this.cluster.close();
  }

  #keep<C extends RedisLike & { disconnect(): void }>(client: C): C {
    client.on('error', () => undefined);
    this.#clients.push(client);
    return client;
  }
}
