import type { ChildProcess } from 'node:child_process';
import type { Redis } from 'ioredis';
import { freePort } from '../http/free-port';
import { after } from '../time/waiting';
import { aRedis } from './clients';
import {
  NO_PASSWORDS,
  startSentinel,
  startServer,
  writeSentinelFile,
  type SentinelPasswords,
} from './sentinel-processes';
import { SentinelView } from './sentinel-view';

const START_DEADLINE_MS = 20_000;
const BETWEEN_READS_MS = 50;
const REPLICAS = 2;
const SENTINELS = 3;

interface Sentinel {
  readonly port: number;
  readonly file: string;
  child: ChildProcess;
  readonly view: SentinelView;
}

const untilHolds = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`Sentinel: ${what} did not happen in time`);
    await after(BETWEEN_READS_MS);
  }
};

/** A primary, two replicas and three Sentinels on the loopback address; they end with the file's tests. */
export class SentinelSet {
  readonly name = 'mymaster';
  readonly #passwords: SentinelPasswords;
  readonly #servers = new Map<number, ChildProcess>();
  readonly #sentinels: Sentinel[] = [];
  readonly #clients: Redis[] = [];

  private constructor(passwords: SentinelPasswords) {
    this.#passwords = passwords;
  }

  /** Starts them; resolves when the Sentinels have found each other and the replicas. */
  static async open(passwords = NO_PASSWORDS): Promise<SentinelSet> {
    const set = new SentinelSet(passwords);
    const primary = await set.#startServer();
    await Promise.all(Array.from({ length: REPLICAS }, () => set.#startServer(primary)));
    await untilHolds('replication', () => set.#areReplicating(primary));
    for (let index = 0; index < SENTINELS; index += 1) await set.#startSentinel(primary);
    await untilHolds('discovery', async () => (await Promise.all(set.#sentinels.map(knowsAll))).every(Boolean));
    return set;
  }

  get sentinels(): readonly { readonly host: string; readonly port: number }[] {
    return this.#sentinels.map(({ port }) => ({ host: '127.0.0.1', port }));
  }

  /** The ports of the primary and the replicas, in no order. */
  get serverPorts(): readonly number[] {
    return [...this.#servers.keys()];
  }

  /** The port of the primary, according to the last Sentinel, which no test freezes alone. */
  primaryPort(): Promise<number> {
    return this.#last.primaryPort();
  }

  /** A client of the server at this port. */
  serverAt(port: number): Redis {
    return this.#clientAt(port, this.#passwords.server);
  }

  /** Resolves when every replica has received everything that the primary has acknowledged so far. */
  async untilReplicated(): Promise<void> {
    const primary = this.serverAt(await this.primaryPort());
    const roleOf = async () => (await primary.call('ROLE')) as readonly [string, number, (readonly string[])[]];
    const [, written] = await roleOf();
    await untilHolds('replication', async () =>
      (await roleOf())[2].every(([, , received]) => Number(received) >= written),
    );
  }

  /** Ends a server without notice. */
  kill(port: number): void {
    this.#servers.get(port)?.kill('SIGKILL');
  }

  /** Starts a server that was killed as a replica of the primary; resolves when Sentinel can promote it. */
  async restart(port: number): Promise<void> {
    this.#servers.set(port, await startServer(port, this.#passwords.server, await this.primaryPort()));
    await this.untilComplete();
  }

  /** Resolves when the replicas have the data of the primary, and Sentinel can promote them. */
  async untilComplete(): Promise<void> {
    await untilHolds('replication', async () => this.#areReplicating(await this.primaryPort()));
    await untilHolds('discovery', () => this.#last.hasReplicas(REPLICAS));
  }

  /** Starts a planned failover; resolves when the Sentinels name the new primary. */
  async failOver(): Promise<void> {
    const before = await this.primaryPort();
    await untilHolds('failover', () => this.#last.startFailover());
    await this.untilReplaced(before);
  }

  /** Resolves when the last Sentinel names another primary than the one at this port. */
  untilReplaced(port: number): Promise<void> {
    return untilHolds('the switch', async () => (await this.primaryPort()) !== port);
  }

  /** Freezes a server: it accepts connections and does not reply. */
  freezeServer(port: number): void {
    this.#servers.get(port)?.kill('SIGSTOP');
  }

  thawServer(port: number): void {
    this.#servers.get(port)?.kill('SIGCONT');
  }

  /** Freezes a Sentinel. */
  freeze(index: number): void {
    this.#sentinels[index]?.child.kill('SIGSTOP');
  }

  thaw(index: number): void {
    this.#sentinels[index]?.child.kill('SIGCONT');
  }

  /** Ends all Sentinels without notice. */
  killSentinels(): void {
    for (const { child } of this.#sentinels) child.kill('SIGKILL');
  }

  /** Starts the Sentinels that were killed, with their last configuration; resolves before they reply. */
  async restartSentinels(): Promise<void> {
    await Promise.all(
      this.#sentinels.map(async (sentinel) => {
        sentinel.child = await startSentinel(sentinel.file);
      }),
    );
  }

  /** Ends the servers and the Sentinels. */
  close(): void {
    for (const client of this.#clients) client.disconnect();
    for (const { child } of this.#sentinels) child.kill('SIGKILL');
    for (const child of this.#servers.values()) child.kill('SIGKILL');
  }

  get #last(): SentinelView {
    const last = this.#sentinels.at(-1);
    if (last === undefined) throw new Error('no Sentinel was started');
    return last.view;
  }

  async #startServer(primary?: number): Promise<number> {
    const port = await freePort();
    this.#servers.set(port, await startServer(port, this.#passwords.server, primary));
    return port;
  }

  async #startSentinel(primary: number): Promise<void> {
    const port = await freePort();
    const file = await writeSentinelFile(this.name, port, primary, this.#passwords);
    const child = await startSentinel(file);
    const view = new SentinelView(this.#clientAt(port, this.#passwords.sentinel), this.name);
    this.#sentinels.push({ port, file, child, view });
  }

  async #areReplicating(primary: number): Promise<boolean> {
    const replicas = this.serverPorts.filter((port) => port !== primary);
    const states = await Promise.all(replicas.map((port) => this.serverAt(port).info('replication')));
    return states.every((state) => state.includes('master_link_status:up'));
  }

  #clientAt(port: number, password: string): Redis {
    const client = aRedis(password === '' ? {} : { password }, `redis://127.0.0.1:${port}`);
    this.#clients.push(client);
    return client;
  }
}

const knowsAll = async ({ view }: Sentinel): Promise<boolean> =>
  (await view.hasOthers(SENTINELS - 1)) && (await view.hasReplicas(REPLICAS));
