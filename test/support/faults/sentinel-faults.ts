import { fill } from './ballast';
import { killConnections } from './kill-connections';
import { SentinelTopology } from './sentinel-topology';
import type { Driver } from './standalone';
import type { Fault, FaultCase, Loss } from './topology';

const ALL = ['guard', 'issue', 'refresh', 'revoke', 'check'] as const;

/** Data of other programs, so that a copy of all data takes a moment. */
const BALLAST_MB = 50;

/** Replication is asynchronous: the replica that is promoted may lack what the primary acknowledged last. */
const UNREPLICATED: Loss = { what: 'recent', why: 'the promoted replica had not received the last changes' };

/** The gate leaves the primary about 100 ms before the promotion, but a machine may stop it or the replica for longer. */
const IN_FLIGHT: Loss = { what: 'recent', why: 'the replica had not received the changes in flight at its promotion' };

/** Time for which Sentinel may need to replace a primary that has failed. */
const REPLACED_AFTER_MS = 3_000;

/** A fault that replaces the primary. It ends when Sentinel names another one. */
const replacing = (
  { set }: SentinelTopology,
  begin: (primary: number) => Promise<void> | void,
  end: (primary: number) => void = () => undefined,
): Fault => {
  let primary = 0;
  return {
    begin: async () => {
      primary = await set.primaryPort();
      await begin(primary);
    },
    end: async () => {
      await set.untilReplaced(primary);
      end(primary);
    },
  };
};

const failures = (open: () => Promise<SentinelTopology>): readonly FaultCase<SentinelTopology>[] => [
  {
    title: 'the primary is killed',
    open,
    fault: (topology) => replacing(topology, (primary) => topology.set.kill(primary)),
    lastsMs: REPLACED_AFTER_MS,
    state: 'away',
    revocationBoundMs: 2_000,
    loses: UNREPLICATED,
    isInShortForm: true,
  },
  {
    title: 'the primary is frozen',
    open,
    fault: (topology) =>
      replacing(
        topology,
        (primary) => topology.set.freezeServer(primary),
        (primary) => topology.set.thawServer(primary),
      ),
    lastsMs: REPLACED_AFTER_MS,
    state: 'away',
    revocationBoundMs: 2_000,
    loses: UNREPLICATED,
  },
  {
    title: 'the first Sentinel is frozen and the primary is killed',
    open,
    fault: (topology) =>
      replacing(
        topology,
        (primary) => {
          topology.set.freeze(0);
          topology.set.kill(primary);
        },
        () => topology.set.thaw(0),
      ),
    lastsMs: REPLACED_AFTER_MS,
    state: 'away',
    revocationBoundMs: 2_000,
    loses: UNREPLICATED,
  },
];

/** Ends all Sentinels and the connections to the primary, so that the gates have to find it again. */
const losingSentinels = ({ set }: SentinelTopology): Fault => ({
  begin: async () => {
    const primary = set.serverAt(await set.primaryPort());
    set.killSentinels();
    await killConnections(primary);
  },
  end: () => set.restartSentinels(),
});

/** Ends a replica, which copies all data of the primary when it starts again. */
const resynchronizing = ({ set }: SentinelTopology): Fault => {
  let replica = 0;
  return {
    begin: async () => {
      const primary = await set.primaryPort();
      replica = set.serverPorts.find((port) => port !== primary) ?? 0;
      await fill(set.serverAt(primary), BALLAST_MB);
      set.kill(replica);
    },
    end: () => set.restart(replica),
  };
};

const others = (open: () => Promise<SentinelTopology>): readonly FaultCase<SentinelTopology>[] => [
  {
    title: 'all Sentinels are killed and connections are cut',
    open,
    fault: losingSentinels,
    state: 'away',
    refuses: ['issue', 'revoke'],
    revocationBoundMs: 2_000,
  },
  { title: 'a replica is killed and copies all data', open, fault: resynchronizing, keepsServing: ALL },
];

/** Lists the faults of a primary with replicas and Sentinels; for ioredis 5 the crash and the planned failover. */
export const sentinelFaults = (driver: Driver): readonly FaultCase<SentinelTopology>[] => {
  const open = () => SentinelTopology.open(driver);
  const [crash, ...otherFailures] = failures(open);
  const planned: FaultCase<SentinelTopology> = {
    title: 'an operator starts a failover',
    open,
    fault: ({ set }) => ({ begin: () => set.failOver(), end: () => undefined }),
    revocationBoundMs: 2_000,
    loses: IN_FLIGHT,
  };
  const basic = [...(crash === undefined ? [] : [crash]), planned];
  if (driver === 5) return basic.map((faultCase) => ({ ...faultCase, isInShortForm: false }));
  return [...basic, ...otherFailures, ...others(open)];
};
