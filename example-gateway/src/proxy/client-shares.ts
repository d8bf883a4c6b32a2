import { clientNetwork } from '../client-network';

/** Requests that keep something of the gateway while their clients are waited for, counted by client: each has a share. */
export class ClientShares {
  readonly #maxPerClient: number;
  readonly #counts = new Map<string, number>();

  constructor(maxPerClient: number) {
    this.#maxPerClient = maxPerClient;
  }

  /** Counts a request. @returns a function that ends that; `undefined` if the client has too many */
  begin(address: string): (() => void) | undefined {
    const client = clientNetwork(address);
    const count = this.#counts.get(client) ?? 0;
    if (count >= this.#maxPerClient) return undefined;
    this.#counts.set(client, count + 1);
    return () => this.#end(client);
  }

  #end(client: string): void {
    const count = this.#counts.get(client) ?? 0;
    if (count > 1) this.#counts.set(client, count - 1);
    else this.#counts.delete(client);
  }
}
