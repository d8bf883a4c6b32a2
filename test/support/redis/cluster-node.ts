import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { freePort } from '../http/free-port';
import { aRedis } from './clients';
import { aServerFolder, serverArguments, startProcess } from './server-process';

/** Whether the data of a node survive the end of its process. */
export type AppendOnly = 'yes' | 'no';

/** Milliseconds. Starting nodes exchange their state in a part of it. */
const NODE_TIMEOUT_AT_START = 1_000;

const LIMITS = { 'cluster-replica-validity-factor': 0, 'repl-diskless-sync-delay': 0 };

/** A server process that is a node of a Cluster. */
export class ClusterNode {
  readonly port: number;
  readonly busPort: number;
  /** A client of this node alone. */
  readonly client: Redis;
  readonly #arguments: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(port: number, busPort: number, startArguments: readonly string[]) {
    this.port = port;
    this.busPort = busPort;
    this.#arguments = startArguments;
    this.client = aRedis({}, `redis://127.0.0.1:${port}`);
  }

  /** Starts a node without slots. */
  static async start(appendOnly: AppendOnly): Promise<ClusterNode> {
    const folder = await aServerFolder('cluster');
    const [port, busPort] = [await freePort(), await freePort()];
    const options = {
      port,
      bind: '127.0.0.1',
      'cluster-enabled': 'yes',
      'cluster-port': busPort,
      'cluster-announce-ip': '127.0.0.1', // a single node cannot determine its address otherwise
      'cluster-node-timeout': NODE_TIMEOUT_AT_START,
      dir: folder,
      pidfile: join(folder, 'pid'),
      appendonly: appendOnly,
      ...LIMITS,
    };
    const node = new ClusterNode(port, busPort, [...serverArguments(options), '--save', '']);
    await node.start();
    return node;
  }

  /** Starts its process again, with its data and its cluster state. */
  async start(): Promise<void> {
    this.#child = await startProcess(this.#arguments);
  }

  /** Ends it without notice. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** Freezes it: it accepts connections and does not reply. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  close(): void {
    this.client.disconnect();
    this.kill();
  }

  /** Sends a command `CLUSTER …`. */
  async ask(...args: readonly (string | number)[]): Promise<string> {
    return String(await this.client.call('CLUSTER', ...args));
  }

  async isPrimary(): Promise<boolean> {
    return (await this.client.info('replication')).includes('role:master');
  }

  async isReplicating(): Promise<boolean> {
    return (await this.client.info('replication')).includes('master_link_status:up');
  }

  /** Checks whether it serves, lists this number of replicas, and lists no node as failed or in handshake. */
  async isServingWith(replicas: number): Promise<boolean> {
    const [state, nodes] = [await this.ask('INFO'), await this.ask('NODES')];
    if (!state.includes('cluster_state:ok') || /fail|handshake/.test(nodes)) return false;
    return (nodes.match(/\bslave\b/g) ?? []).length === replicas;
  }
}
