import { clientNetwork } from '../client-network';

/** The requests whose bodies have not arrived completely, counted by client. One client has at most a share of them. */
export class Uploads {
  readonly #maxPerClient: number;
  readonly #counts = new Map<string, number>();

  constructor(maxPerClient: number) {
    this.#maxPerClient = maxPerClient;
  }

  /** Counts an upload. @returns a function that ends it; `undefined` if the client has too many */
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
