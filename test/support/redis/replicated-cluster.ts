import { after } from '../time/waiting';
import { type AppendOnly, ClusterNode } from './cluster-node';

const DEADLINE_MS = 30_000;
const BETWEEN_READS_MS = 50;
const SLOTS = 16_384;
const PRIMARIES = 3;
const SLOTS_OF_EACH = Math.ceil(SLOTS / PRIMARIES);

const untilHolds = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`Cluster: ${what} did not happen in time`);
    await after(BETWEEN_READS_MS);
  }
};

const all = async (checks: readonly Promise<boolean>[]): Promise<boolean> => (await Promise.all(checks)).every(Boolean);

export interface ReplicatedClusterOptions {
  readonly appendOnly: AppendOnly;
  /** Milliseconds without a reply after which the other nodes count a node as failed. */
  readonly nodeTimeout: number;
}

/** The options of tests in which no node fails: a busy machine must not look like a node that has failed. */
const PATIENT: ReplicatedClusterOptions = { appendOnly: 'no', nodeTimeout: 15_000 };

/**
 * A Cluster of three primaries with a third of the slots each, and three replicas; it ends with the file's tests. The
 * fourth node is the replica of the first one, the fifth that of the second one, and so on.
 */
export class ReplicatedCluster {
  readonly nodes: readonly ClusterNode[];

  private constructor(nodes: readonly ClusterNode[]) {
    this.nodes = nodes;
  }

  /** Starts it; resolves when every node serves, and the replicas have the data of their primaries. */
  static async open({ appendOnly, nodeTimeout } = PATIENT): Promise<ReplicatedCluster> {
    const nodes = await Promise.all(Array.from({ length: 2 * PRIMARIES }, () => ClusterNode.start(appendOnly)));
    const cluster = new ReplicatedCluster(nodes);
    await cluster.#introduce();
    await cluster.#distributeSlots();
    await untilHolds('the start', () => all(nodes.map((node) => node.isServingWith(0))));
    await cluster.#replicate();
    await cluster.untilComplete();
    await Promise.all(nodes.map(({ client }) => client.config('SET', 'cluster-node-timeout', String(nodeTimeout))));
    return cluster;
  }

  /** The last slot of the first node, whose slots begin at 0. */
  readonly lastSlotOfFirst = SLOTS_OF_EACH - 1;

  /** Addresses for `new Cluster(…)`. */
  get addresses(): readonly { readonly host: string; readonly port: number }[] {
    return this.nodes.map(({ port }) => ({ host: '127.0.0.1', port }));
  }

  /** The nodes that are primaries according to themselves. */
  async primaries(): Promise<readonly ClusterNode[]> {
    const are = await Promise.all(this.nodes.map((node) => node.isPrimary()));
    return this.nodes.filter((_node, index) => are[index]);
  }

  /** Resolves when every node serves and every replica has the data of its primary. */
  async untilComplete(): Promise<void> {
    await untilHolds('the start', () => all(this.nodes.map((node) => node.isServingWith(PRIMARIES))));
    await untilHolds('replication', async () => {
      const primaries = await this.primaries();
      const replicas = this.nodes.filter((node) => !primaries.includes(node));
      return primaries.length === PRIMARIES && all(replicas.map((node) => node.isReplicating()));
    });
  }

  /** Resolves when this node is a primary. */
  untilPromoted(node: ClusterNode): Promise<void> {
    return untilHolds('the promotion', () => node.isPrimary());
  }

  close(): void {
    for (const node of this.nodes) node.close();
  }

  /** Introduces every node to every other: to wait for their gossip takes seconds. */
  async #introduce(): Promise<void> {
    await Promise.all(this.nodes.map((node, index) => node.ask('SET-CONFIG-EPOCH', index + 1)));
    for (const [index, node] of this.nodes.entries())
      for (const other of this.nodes.slice(index + 1)) await node.ask('MEET', '127.0.0.1', other.port, other.busPort);
  }

  async #distributeSlots(): Promise<void> {
    await Promise.all(
      this.nodes
        .slice(0, PRIMARIES)
        .map((node, index) =>
          node.ask('ADDSLOTSRANGE', index * SLOTS_OF_EACH, Math.min((index + 1) * SLOTS_OF_EACH, SLOTS) - 1),
        ),
    );
  }

  async #replicate(): Promise<void> {
    for (const [index, primary] of this.nodes.slice(0, PRIMARIES).entries()) {
      const id = await primary.ask('MYID');
      await untilHolds('the replica', async () => (await this.nodes[PRIMARIES + index]?.ask('REPLICATE', id)) === 'OK');
    }
  }
}
