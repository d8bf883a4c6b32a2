import { clientKeyOf, type Requester } from './requester';
import { Turns } from './turns';

interface Keys {
  readonly client: string;
  readonly network: string;
  readonly account: string;
}

const keysOf = (requester: Requester): Keys => ({
  client: clientKeyOf(requester),
  network: requester.network ?? '',
  account: requester.account ?? '',
});

/** The paths by which entries take turns. */
const PATHS: readonly ((keys: Keys) => readonly string[])[] = [
  ({ client, network, account }) => [client, network, account],
  ({ client, network, account }) => [network, client, account],
  ({ client, network, account }) => [account, network, client],
];

/**
 * The order in which waiting entries are served: one turn goes to the client that has waited longest, the next one to the
 * network, the next one to the account. So an entry waits long only if a flood uses many clients, many networks and many
 * accounts, and never without end. Entries of the same client, network and account keep their order.
 */
export class FairOrder<T> {
  readonly #orders = PATHS.map((pathOf) => ({ pathOf, turns: new Turns<T>() }));
  /** The entries that wait or are served. */
  readonly #present = new Map<T, Keys>();
  #turn = 0;

  add(requester: Requester, entry: T): void {
    const keys = keysOf(requester);
    this.#present.set(entry, keys);
    for (const { pathOf, turns } of this.#orders) turns.add(pathOf(keys), entry);
  }

  /** Removes an entry that waits. */
  remove(entry: T): void {
    const keys = this.#take(entry);
    if (keys === undefined) return;
    for (const { pathOf, turns } of this.#orders) turns.remove(pathOf(keys), entry);
  }

  /** Begins to serve the entry whose turn it is. @returns the entry, or `undefined` if none waits */
  next(): T | undefined {
    const entry = this.#orders[this.#turn]?.turns.first();
    const keys = entry === undefined ? undefined : this.#present.get(entry);
    if (entry === undefined || keys === undefined) return undefined;
    this.#turn = (this.#turn + 1) % PATHS.length;
    for (const { pathOf, turns } of this.#orders) turns.serve(pathOf(keys), entry);
    return entry;
  }

  /** Ends the service of an entry. */
  end(entry: T): void {
    const keys = this.#take(entry);
    if (keys === undefined) return;
    for (const { pathOf, turns } of this.#orders) turns.end(pathOf(keys));
  }

  #take(entry: T): Keys | undefined {
    const keys = this.#present.get(entry);
    this.#present.delete(entry);
    return keys;
  }
}
