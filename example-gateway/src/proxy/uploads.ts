import { isIPv6 } from 'node:net';

/** Groups of an IPv6 address that name its network; a client chooses the others. */
const NETWORK_GROUPS = 4;

const groupsIn = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));

/** Returns the key of a client: its address, or the /64 network of an IPv6 address. */
export const clientOf = (address: string): string => {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [before = '', after] = address.split('::');
  const [first, last] = [groupsIn(before), groupsIn(after ?? '')];
  const zeros = Array<string>(8 - first.length - last.length).fill('0');
  return [...first, ...zeros, ...last].slice(0, NETWORK_GROUPS).join(':');
};

/** The requests whose bodies have not arrived completely, counted by client. One client has at most a share of them. */
export class Uploads {
  readonly #maxPerClient: number;
  readonly #counts = new Map<string, number>();

  constructor(maxPerClient: number) {
    this.#maxPerClient = maxPerClient;
  }

  /** Counts an upload. @returns a function that ends it; `undefined` if the client has too many */
  begin(address: string): (() => void) | undefined {
    const client = clientOf(address);
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
