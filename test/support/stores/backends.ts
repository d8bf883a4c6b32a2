import { Cluster } from 'ioredis';
import { noDurations } from '../../../src/events/durations';
import type { Clock } from '../../../src/protocol/time';
import type { Backend } from '../../../src/stores/backend';
import { openMemoryBackend } from '../../../src/stores/memory/backend';
import { openRedisBackend } from '../../../src/stores/redis/backend';
import { SharedMemory } from '../../../src/stores/memory/shared-memory';
import { contractLimits as limits } from '../../contracts/failure-counters';
import { PATIENT_DEADLINE_MS as deadline, silentLogger as logger } from '../gate/gate';
import { ignoreEvents as emit } from '../gate/ignored-events';
import { ownCluster } from '../redis/cluster';
import { fits } from '../redis/connection';
import { replicatedClients } from '../redis/replicated-clients';
import { randomPrefix, testRedis, testRedis5 } from '../redis/redis';
import { restrictedRedis } from '../redis/restricted-user';

const shares = { auditPerActor: 1_000 };

/** A backend that holds nothing yet. It closes by itself at the end of the file. */
export interface OpenedBackend extends Backend {
  /** Shortens the life of everything that the store expires by itself, and not by the clock of the gate. */
  age(seconds: number): Promise<void>;
}

export type OpenBackend = (clock: Clock) => Promise<OpenedBackend>;

const opened: Backend[] = [];

/** The monotonic clock of a process, which can be moved forward. */
const movableClock = () => {
  let ahead = 0;
  const age = async (seconds: number): Promise<void> => {
    ahead += seconds * 1000;
  };
  return { monotonic: () => performance.now() + ahead, age };
};

const openMemory: OpenBackend = async (clock) => {
  const { monotonic, age } = movableClock();
  const backend = openMemoryBackend({ clock, monotonic, emit, logger, limits, shares });
  opened.push(backend);
  return { ...backend, age };
};

/** Memory that two gates use, through the second of them. */
const openSharedMemory: OpenBackend = async (clock) => {
  const memory = new SharedMemory();
  const { monotonic, age } = movableClock();
  const [first, second] = [0, 1].map(() =>
    openMemoryBackend({ clock, monotonic, emit, logger, limits, shares, memory }),
  );
  if (first === undefined || second === undefined) throw new Error('no backend was opened');
  await first.close();
  opened.push({ ...second, close: async () => memory.close() });
  return { ...second, age };
};

type Client = Parameters<typeof fits>[0];

/** Lists keys, in a Cluster those of every primary. */
const keysOf = async (client: Client, pattern: string): Promise<readonly string[]> => {
  const servers = 'nodes' in client ? client.nodes('master') : [client];
  return (await Promise.all(servers.map((server) => server.keys(pattern)))).flat();
};

/** `connectAdmin` may list keys, which no gate does. */
const openRedisOver =
  (connect: () => Promise<Client>, connectAdmin = connect): OpenBackend =>
  async (clock) => {
    const [client, admin] = [await connect(), await connectAdmin()];
    const prefix = randomPrefix();
    const cache = { maxEntries: 1_000, maxAge: 60 };
    const settings = { prefix, deadline, clock, emit, logger, limits, shares, cache, redisMayEvict: false };
    const backend = openRedisBackend(fits(client), { ...settings, durations: noDurations });
    opened.push(backend);
    await backend.check();
    const age = async (seconds: number): Promise<void> => {
      for (const key of await keysOf(admin, `${prefix}*`)) {
        await admin.pexpire(key, (await admin.pttl(key)) - seconds * 1000);
      }
    };
    return { ...backend, age };
  };

let cluster: Promise<Cluster> | undefined;

const startCluster = async (): Promise<Cluster> => {
  const client = new Cluster([{ host: '127.0.0.1', port: await ownCluster() }]);
  return client.on('error', () => undefined);
};

/** A client of a Cluster that is started when the first test needs it. */
const testCluster = (): Promise<Cluster> => (cluster ??= startCluster());

/** Both majors of ioredis on a single server, for `describe.each`. */
export const redisClients = [
  ['Redis with ioredis 6', testRedis],
  ['Redis with ioredis 5', testRedis5],
] as const;

/** True in `npm run test:topologies`. */
const WITH_TOPOLOGIES = process.env['SCOPEGATE_TOPOLOGIES'] === 'all';

/** Every backend there is, for `describe.each`: each contract suite runs over all of them. */
export const backends: readonly (readonly [name: string, open: OpenBackend])[] = [
  ['memory', openMemory],
  ['shared memory', openSharedMemory],
  ['Redis as the user of docs/operations.md', openRedisOver(restrictedRedis, testRedis)],
  ['Redis with ioredis 5', openRedisOver(testRedis5)],
  ['a Cluster', openRedisOver(testCluster)],
  ...(WITH_TOPOLOGIES ? replicatedClients : []).map(([name, connect]) => [name, openRedisOver(connect)] as const),
];

afterAll(async () => {
  for (const backend of opened) await backend.close();
  (await cluster)?.disconnect();
});
