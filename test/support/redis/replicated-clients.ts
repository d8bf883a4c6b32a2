import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';
import type { RedisLike } from 'scopegate';
import { ReplicatedCluster } from './replicated-cluster';
import { SentinelSet } from './sentinel';

let sentinels: Promise<SentinelSet> | undefined;
let cluster: Promise<ReplicatedCluster> | undefined;
const clients: { disconnect(): void }[] = [];

const endAtEnd = <C extends RedisLike & { disconnect(): void }>(client: C): C => {
  clients.push(client);
  client.on('error', () => undefined);
  return client;
};

const viaSentinel = async () => {
  const set = await (sentinels ??= SentinelSet.open());
  return { sentinels: [...set.sentinels], name: set.name };
};

const clusterNodes = async () => [...(await (cluster ??= ReplicatedCluster.open())).addresses];

/**
 * Clients of both majors of ioredis on a primary with two replicas and three Sentinels, and on a Cluster of three
 * primaries and three replicas. Both are started when a file's first test needs them.
 */
export const replicatedClients = [
  ['Sentinel with ioredis 6', async () => endAtEnd(new Redis(await viaSentinel()))],
  ['Sentinel with ioredis 5', async () => endAtEnd(new Redis5(await viaSentinel()))],
  ['a replicated Cluster with ioredis 6', async () => endAtEnd(new Cluster(await clusterNodes()))],
  ['a replicated Cluster with ioredis 5', async () => endAtEnd(new Cluster5(await clusterNodes()))],
] as const;

afterAll(() => {
  for (const client of clients) client.disconnect();
});
