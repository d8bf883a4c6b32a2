import type { ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { freePort } from '../http/free-port';
import { after } from '../time/waiting';
import { aRedis } from './clients';
import { aServerFolder, serverArguments, startProcess } from './server-process';

const START_DEADLINE_MS = 10_000;
const BETWEEN_READS_MS = 50;
const REPLICAS = 2;
const SENTINELS = 3;
const QUORUM = 2;

export interface SentinelPasswords {
  /** Of the primary and the replicas. */
  readonly server: string;
  readonly sentinel: string;
}

interface Process {
  readonly port: number;
  child: ChildProcess;
}

/** A primary, two replicas and three Sentinels on the loopback address; they end with the file's tests. */
export interface SentinelSet {
  readonly name: string;
  readonly sentinels: readonly { readonly host: string; readonly port: number }[];
  /** The port of the primary, according to the last Sentinel, which no test freezes. */
  primaryPort(): Promise<number>;
  /** A client of the server at this port. */
  serverAt(port: number): Redis;
  /** The ports of the primary and the replicas, in no order. */
  readonly serverPorts: readonly number[];
  /** Resolves when every replica has received everything that the primary has acknowledged so far. */
  untilReplicated(): Promise<void>;
  /** Ends a server without notice. */
  kill(port: number): void;
  /** Starts a server that was killed as a replica of the primary; resolves when Sentinel can promote it. */
  restart(port: number): Promise<void>;
  /** Starts a planned failover; resolves when the Sentinels name the new primary. */
  failOver(): Promise<void>;
  /** Freezes a Sentinel: it accepts connections and does not reply. */
  freeze(index: number): void;
  thaw(index: number): void;
}

const startServer = async (port: number, password: string, primary?: number): Promise<ChildProcess> => {
  const folder = await aServerFolder('server');
  const options = { port, bind: '127.0.0.1', dir: folder, pidfile: join(folder, 'pid'), appendonly: 'no', save: '' };
  const replication = { 'repl-diskless-sync-delay': 0, ...(primary && { replicaof: `127.0.0.1 ${primary}` }) };
  const credentials = password === '' ? {} : { requirepass: password, masterauth: password };
  return startProcess(serverArguments({ ...options, ...replication, ...credentials }));
};

const startSentinel = async (name: string, port: number, primary: number, passwords: SentinelPasswords) => {
  const folder = await aServerFolder('sentinel');
  const file = join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `pidfile ${join(folder, 'pid')}`,
    `sentinel monitor ${name} 127.0.0.1 ${primary} ${QUORUM}`,
    `sentinel down-after-milliseconds ${name} 1000`,
    `sentinel failover-timeout ${name} 3000`,
    ...(passwords.server === '' ? [] : [`sentinel auth-pass ${name} ${passwords.server}`]),
    ...(passwords.sentinel === '' ? [] : [`requirepass ${passwords.sentinel}`]),
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return startProcess([file, '--sentinel']);
};

const untilHolds = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`Sentinel: ${what} did not happen in time`);
    await after(BETWEEN_READS_MS);
  }
};

/** Starts a primary, two replicas and three Sentinels; resolves when these know each other and the replicas. */
export const ownSentinels = async (
  passwords: SentinelPasswords = { server: '', sentinel: '' },
): Promise<SentinelSet> => {
  const name = 'mymaster';
  const first = await freePort();
  const servers = new Map([[first, await startServer(first, passwords.server)]]);
  for (let index = 0; index < REPLICAS; index += 1) {
    const port = await freePort();
    servers.set(port, await startServer(port, passwords.server, first));
  }
  const clientAt = (port: number, password: string): Redis =>
    aRedis(password === '' ? {} : { password }, `redis://127.0.0.1:${port}`);
  const serverAt = (port: number): Redis => clientAt(port, passwords.server);
  const isReplicating = async (port: number): Promise<boolean> =>
    (await serverAt(port).info('replication')).includes('master_link_status:up');
  for (const port of servers.keys()) if (port !== first) await untilHolds('replication', () => isReplicating(port));

  const sentinels: Process[] = [];
  for (let index = 0; index < SENTINELS; index += 1) {
    const port = await freePort();
    sentinels.push({ port, child: await startSentinel(name, port, first, passwords) });
  }
  const clients = sentinels.map(({ port }) => clientAt(port, passwords.sentinel));
  const ask = async (client: Redis | undefined, ...args: string[]): Promise<readonly unknown[]> => {
    const reply = await client?.call('SENTINEL', ...args);
    return Array.isArray(reply) ? (reply as readonly unknown[]) : [];
  };
  const primaryOf = async (client: Redis | undefined): Promise<number> =>
    Number((await ask(client, 'get-master-addr-by-name', name))[1]);
  const flagsOf = (replica: unknown): string =>
    JSON.stringify(replica)
      .replaceAll('"', '')
      .replaceAll(':', ',')
      .match(/flags,(.*?),link/)?.[1] ?? '';
  const canPromote = async (client: Redis): Promise<boolean> => {
    const replicas = await ask(client, 'replicas', name);
    return replicas.length === REPLICAS && replicas.every((replica) => flagsOf(replica) === 'slave');
  };
  const knowsAll = async (client: Redis): Promise<boolean> =>
    (await ask(client, 'sentinels', name)).length === SENTINELS - 1 && (await canPromote(client));
  await untilHolds('discovery', async () => (await Promise.all(clients.map(knowsAll))).every(Boolean));

  const last = clients.at(-1);
  return {
    name,
    sentinels: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
    serverPorts: [...servers.keys()],
    primaryPort: () => primaryOf(last),
    serverAt,
    untilReplicated: async () => {
      const primary = serverAt(await primaryOf(last));
      const roleOf = async () => (await primary.call('ROLE')) as readonly [string, number, (readonly string[])[]];
      const [, written] = await roleOf();
      await untilHolds('replication', async () =>
        (await roleOf())[2].every(([, , received]) => Number(received) >= written),
      );
    },
    kill: (port) => void servers.get(port)?.kill('SIGKILL'),
    restart: async (port) => {
      servers.set(port, await startServer(port, passwords.server, await primaryOf(last)));
      await untilHolds('replication', () => isReplicating(port));
      await untilHolds('discovery', async () => last !== undefined && (await canPromote(last)));
    },
    failOver: async () => {
      const before = await primaryOf(last);
      await untilHolds('failover', async () => (await last?.call('SENTINEL', 'failover', name)) === 'OK');
      await untilHolds('the switch', async () => (await primaryOf(last)) !== before);
    },
    freeze: (index) => void sentinels[index]?.child.kill('SIGSTOP'),
    thaw: (index) => void sentinels[index]?.child.kill('SIGCONT'),
  };
};
