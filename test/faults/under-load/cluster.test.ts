import { Cluster } from 'ioredis';
import { Cluster as Cluster5 } from 'ioredis5';
import { clusterFaults } from '../../support/faults/cluster-faults';
import { FORM } from '../../support/faults/form';
import type { Driver } from '../../support/faults/standalone';
import { describeFaults } from '../../support/faults/suite';
import { aGate } from '../../support/gate/gate';
import { fits } from '../../support/redis/connection';
import { randomPrefix } from '../../support/redis/redis';
import { ReplicatedCluster } from '../../support/redis/replicated-cluster';
import { until } from '../../support/time/waiting';

const DRIVERS: readonly Driver[] = FORM.name === 'full' ? [6, 5] : [6];

describe.each(DRIVERS)('a product of three gates with ioredis %d on a Cluster under steady load', (driver) => {
  describeFaults(clusterFaults(driver));
});

const logWholeOutage = async (driver: Driver): Promise<void> => {
  const cluster = await ReplicatedCluster.open();
  const nodes = [...cluster.addresses];
  const client = driver === 5 ? new Cluster5(nodes) : new Cluster(nodes);
  client.on('error', () => undefined);
  const gate = aGate({ redis: fits(client), prefix: randomPrefix() });
  const hasStatus = (status: number) => async () => (await gate.get('/health/ready')).status === status;
  const levelsOf = (message: string) =>
    gate.lines.filter((line) => line.message.startsWith(message)).map(({ level }) => level);
  await until(hasStatus(200));
  for (const node of cluster.nodes) node.kill();
  await until(hasStatus(503));
  expect(levelsOf('Redis is away')).toContain('error');
  await gate.get('/open').expect(200);
  for (const node of cluster.nodes) await node.start();
  await cluster.untilComplete();
  await until(hasStatus(200));
  expect(levelsOf('Redis is back')).toEqual(['info']);
  await gate.close();
  client.disconnect();
  cluster.close();
};

if (FORM.name === 'full') {
  it.each(DRIVERS)('with ioredis %d a gate is not ready while all nodes are down, and logs it', logWholeOutage, 60_000);
}
