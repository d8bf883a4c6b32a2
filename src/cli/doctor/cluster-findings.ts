import type { RedisLike } from '../../stores/redis/redis-like';
import { reasonOf } from '../../stores/redis/reasons';
import type { Finding } from './finding';
import { readFields } from './server-info';

const SLOTS = 16_384;

const HIDDEN: Finding = {
  check: 'cluster',
  level: 'warning',
  message: 'Redis refuses CLUSTER INFO, so the state of the Cluster is not known',
  cure: 'Permit cluster|info and cluster|nodes to the Redis user, so that doctor can check it',
};

const countIn = (info: ReadonlyMap<string, string>, field: string): number => Number(info.get(field) ?? 0);

const stateIn = (info: ReadonlyMap<string, string>): Finding => {
  const check = 'cluster';
  const assigned = countIn(info, 'cluster_slots_assigned');
  if (assigned < SLOTS) {
    const message = `${SLOTS - assigned} of ${SLOTS} slots belong to no node: keys in them cannot be read or written`;
    return { check, level: 'problem', message, cure: 'redis-cli --cluster fix <host>:<port>' };
  }
  const failed = countIn(info, 'cluster_slots_fail') + countIn(info, 'cluster_slots_pfail');
  if (info.get('cluster_state') !== 'ok' || failed > 0) {
    const message = `The state of the Cluster is ${info.get('cluster_state') ?? 'not known'}, and ${failed} slots are on nodes that fail`;
    return { check, level: 'problem', message, cure: 'Start the nodes that CLUSTER NODES lists with fail' };
  }
  return {
    check,
    level: 'ok',
    message: `The Cluster serves all slots, with ${countIn(info, 'cluster_size')} primaries`,
  };
};

interface Node {
  readonly id: string;
  readonly address: string;
  readonly flags: readonly string[];
  readonly primary: string;
  readonly hasSlots: boolean;
}

const nodesIn = (reply: string): readonly Node[] =>
  reply.split('\n').flatMap((line) => {
    const [id = '', address = '', flags = '', primary = '', , , , , slots] = line.trim().split(' ');
    if (id === '') return [];
    return [
      { id, address: address.replace(/[@,].*$/, ''), flags: flags.split(','), primary, hasSlots: slots !== undefined },
    ];
  });

const isUp = ({ flags }: Node): boolean => !flags.some((flag) => flag.startsWith('fail') || flag === 'noaddr');

const replicasIn = (nodes: readonly Node[]): Finding => {
  const check = 'replicas';
  const primaries = nodes.filter(({ flags, hasSlots }) => flags.includes('master') && hasSlots);
  const without = primaries.filter(({ id }) => !nodes.some((node) => node.primary === id && isUp(node)));
  if (without.length === 0) return { check, level: 'ok', message: 'Each primary has a replica' };
  const message = `These primaries have no replica that works: ${without.map(({ address }) => address).join(', ')}. If one fails, its slots are unavailable`;
  const cure = 'redis-cli --cluster add-node <new host>:<port> <host>:<port> --cluster-slave';
  return { check, level: 'warning', message, cure };
};

const sizeIn = (nodes: readonly Node[]): readonly Finding[] => {
  const primaries = nodes.filter(({ flags, hasSlots }) => flags.includes('master') && hasSlots).length;
  if (primaries >= 3) return [];
  const message = `The Cluster has ${primaries} ${primaries === 1 ? 'primary' : 'primaries'}: with fewer than three, none can be replaced by its replica`;
  return [{ check: 'cluster', level: 'warning', message, cure: 'Use three primaries or more' }];
};

/** A primary of a Cluster, and its address for people. */
export interface ClusterPrimary {
  readonly connection: RedisLike;
  readonly server: string;
}

/** Returns the view of the primary that reports a problem, or of the first one: nodes can disagree about slots. */
const worstState = async (primaries: readonly ClusterPrimary[]): Promise<Finding> => {
  const states: Finding[] = [];
  for (const { connection, server } of primaries) {
    const state = stateIn(readFields(await connection.call('cluster', 'info')));
    states.push(state.level === 'ok' ? state : { ...state, server });
  }
  return states.find(({ level }) => level !== 'ok') ?? states[0] ?? HIDDEN;
};

/** Checks the state of a Cluster as its primaries report it. */
export const findOnCluster = async (primaries: readonly ClusterPrimary[]): Promise<readonly Finding[]> => {
  const [first] = primaries;
  if (first === undefined) return [];
  try {
    const nodes = nodesIn(String(await first.connection.call('cluster', 'nodes')));
    return [await worstState(primaries), ...sizeIn(nodes), replicasIn(nodes)];
  } catch (error) {
    if (reasonOf(error).source === 'connection') throw error;
    return [HIDDEN];
  }
};
