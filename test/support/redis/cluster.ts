import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { freePort } from '../http/free-port';
import { aRedis } from './clients';
import { aServerFolder, serverArguments, startProcess } from './server-process';
import { after } from '../time/waiting';

const START_DEADLINE_MS = 8_000;
const BETWEEN_LOOKS_MS = 50;

/** Starts a node without slots. Returns its port; it ends with the file's tests. */
const startNode = async (): Promise<number> => {
  const folder = await aServerFolder('cluster');
  const [port, bus] = [await freePort(), await freePort()];
  const options = {
    port,
    bind: '127.0.0.1',
    'cluster-enabled': 'yes',
    'cluster-port': bus,
    'cluster-announce-ip': '127.0.0.1', // a single node cannot determine its address otherwise
    dir: folder,
    pidfile: join(folder, 'pid'),
    appendonly: 'no',
  };
  await startProcess([...serverArguments(options), '--save', '']);
  return port;
};

const nodeAt = (port: number): Redis => aRedis({}, `redis://127.0.0.1:${port}`);

const untilServing = async (node: Redis): Promise<void> => {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!String(await node.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) {
    if (Date.now() > deadline) throw new Error('A Redis Cluster for the tests did not start in time');
    await after(BETWEEN_LOOKS_MS);
  }
};

/**
 * A Cluster of one node with all slots. It moves nothing, but it refuses every command and script whose keys are in
 * more than one slot, like any Cluster. Returns its port; it ends with the file's tests.
 */
export const ownCluster = async (): Promise<number> => {
  const port = await startNode();
  const node = nodeAt(port);
  await node.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  await untilServing(node);
  return port;
};

/** A Cluster of two primaries with half of the slots each. Returns their ports; it ends with the file's tests. */
export const ownClusterOfTwo = async (): Promise<readonly [number, number]> => {
  const ports = [await startNode(), await startNode()] as const;
  const [first, second] = [nodeAt(ports[0]), nodeAt(ports[1])];
  await first.call('CLUSTER', 'ADDSLOTSRANGE', '0', '8191');
  await second.call('CLUSTER', 'ADDSLOTSRANGE', '8192', '16383');
  const bus = /@(\d+)/.exec(String(await second.call('CLUSTER', 'NODES')))?.[1] ?? '';
  await first.call('CLUSTER', 'MEET', '127.0.0.1', ports[1], bus);
  for (const node of [first, second]) await untilServing(node);
  return ports;
};
