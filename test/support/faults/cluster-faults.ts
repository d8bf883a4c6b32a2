import { moveSlot } from '../redis/slot-migration';
import type { ClusterNode } from '../redis/cluster-node';
import { ClusterTopology } from './cluster-topology';
import type { Driver } from './standalone';
import type { Fault, FaultCase, Loss } from './topology';

const ALL = ['guard', 'issue', 'refresh', 'revoke', 'check'] as const;

/** Replication is asynchronous: the replica that is promoted may lack what the primary acknowledged last. */
const UNREPLICATED: Loss = { what: 'recent', why: 'the promoted replica had not received the last changes' };

/** Milliseconds without a reply after which nodes count another as failed. */
const NODE_TIMEOUT = 1_500;

/** Time for which the nodes may need to replace a primary that has failed. */
const REPLACED_AFTER_MS = 3_500;

/** A fault that replaces the first primary. It ends when its replica is a primary. */
const replacing = (
  { cluster }: ClusterTopology,
  begin: (primary: ClusterNode, replica: ClusterNode) => Promise<unknown> | void,
  end: (primary: ClusterNode) => void = () => undefined,
): Fault => {
  const [primary, , , replica] = cluster.nodes;
  if (primary === undefined || replica === undefined) throw new Error('the Cluster has too few nodes');
  return {
    begin: async () => void (await begin(primary, replica)),
    end: async () => {
      await cluster.untilPromoted(replica);
      end(primary);
    },
  };
};

/** Moves slots from the first primary to the second one until the fault ends. */
const resharding = ({ cluster }: ClusterTopology): Fault => {
  const [from, to] = cluster.nodes;
  if (from === undefined || to === undefined) throw new Error('the Cluster has too few nodes');
  let isWanted = true;
  let moving: Promise<void> = Promise.resolve();
  const moveAll = async (): Promise<void> => {
    for (let slot = 0; isWanted && slot <= cluster.lastSlotOfFirst; slot += 1) await moveSlot(slot, from, to);
  };
  return {
    begin: () => {
      moving = moveAll();
    },
    end: async () => {
      isWanted = false;
      await moving;
    },
  };
};

/** Freezes the first primary and its replica, and no other node can replace them. */
const freezingBothCopies = ({ cluster: { nodes } }: ClusterTopology): Fault => {
  const copies = [nodes[0], nodes[3]];
  return {
    begin: () => copies.forEach((node) => node?.freeze()),
    end: () => copies.forEach((node) => node?.thaw()),
  };
};

/** Ends all nodes, which start again with their data. */
const losingAll = ({ cluster }: ClusterTopology): Fault => ({
  begin: () => cluster.nodes.forEach((node) => node.kill()),
  end: async () => {
    await Promise.all(cluster.nodes.map((node) => node.start()));
    await cluster.untilComplete();
  },
});

/** Lists the faults of a Cluster; for ioredis 5 the crash and the planned failover. */
export const clusterFaults = (driver: Driver): readonly FaultCase<ClusterTopology>[] => {
  const open = () => ClusterTopology.open(driver, { appendOnly: 'no', nodeTimeout: NODE_TIMEOUT });
  const basic: readonly FaultCase<ClusterTopology>[] = [
    {
      title: 'a primary is killed',
      open,
      fault: (topology) => replacing(topology, (primary) => primary.kill()),
      lastsMs: REPLACED_AFTER_MS,
      loses: UNREPLICATED,
      isInShortForm: true,
    },
    {
      title: 'an operator starts a failover',
      open,
      fault: (topology) => replacing(topology, (_primary, replica) => replica.ask('FAILOVER')),
      keepsServing: ALL,
    },
  ];
  if (driver === 5) return basic.map((faultCase) => ({ ...faultCase, isInShortForm: false }));
  return [
    ...basic,
    {
      title: 'a primary is frozen',
      open,
      fault: (topology) =>
        replacing(
          topology,
          (primary) => primary.freeze(),
          (primary) => primary.thaw(),
        ),
      lastsMs: REPLACED_AFTER_MS,
      loses: UNREPLICATED,
    },
    { title: 'slots are moved to another primary', open, fault: resharding, keepsServing: ALL },
    {
      title: 'both copies of a third of the slots are frozen',
      open,
      fault: freezingBothCopies,
      // The nodes report the Cluster as down until they have detected that it is up.
      greenWithinMs: 4_000,
    },
    {
      title: 'all nodes are killed and restart from their append-only files',
      open: () => ClusterTopology.open(driver, { appendOnly: 'yes', nodeTimeout: NODE_TIMEOUT }),
      // Requests are served again before it has ended: it ends when the last replica has its data.
      fault: losingAll,
      state: 'away',
    },
  ];
};
