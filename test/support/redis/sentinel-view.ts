import type { Redis } from 'ioredis';

const flagsOf = (replica: unknown): string =>
  JSON.stringify(replica)
    .replaceAll('"', '')
    .replaceAll(':', ',')
    .match(/flags,(.*?),link/)?.[1] ?? '';

/** The state of a primary in one Sentinel. */
export class SentinelView {
  readonly #client: Redis;
  readonly #name: string;

  constructor(client: Redis, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async primaryPort(): Promise<number> {
    return Number((await this.#ask('get-master-addr-by-name'))[1]);
  }

  /** Checks whether it lists this number of replicas, none of them with a fault. */
  async hasReplicas(count: number): Promise<boolean> {
    const replicas = await this.#ask('replicas');
    return replicas.length === count && replicas.every((replica) => flagsOf(replica) === 'slave');
  }

  /** Checks whether it lists this number of other Sentinels. */
  async hasOthers(count: number): Promise<boolean> {
    return (await this.#ask('sentinels')).length === count;
  }

  /** Starts a planned failover. Returns false if none is possible at this moment. */
  async startFailover(): Promise<boolean> {
    return (await this.#client.call('SENTINEL', 'failover', this.#name)) === 'OK';
  }

  async #ask(question: string): Promise<readonly unknown[]> {
    const reply = await this.#client.call('SENTINEL', question, this.#name);
    return Array.isArray(reply) ? (reply as readonly unknown[]) : [];
  }
}
