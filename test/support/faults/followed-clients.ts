import type { RedisLike } from 'scopegate';

/** What counts listeners: an EventEmitter, or an ioredis client, which is none by inheritance. */
export interface CountsListeners {
  eventNames(): readonly (string | symbol)[];
  listenerCount(name: string | symbol): number;
}

type Client = RedisLike & CountsListeners;

const isClient = (client: RedisLike): client is Client => 'eventNames' in client && 'listenerCount' in client;

/** The clients of gates, with the connections that the gates have opened from them. */
export class FollowedClients {
  readonly #opened = new Set<RedisLike>();

  /** Follows a client and its duplicates, until they have ended. */
  follow<C extends RedisLike>(client: C): C {
    const duplicate = client.duplicate.bind(client);
    client.duplicate = (...args: Parameters<RedisLike['duplicate']>) => {
      const opened = duplicate(...args);
      this.#opened.add(opened);
      return opened;
    };
    this.#opened.add(client);
    return client;
  }

  /** Returns those that have not ended. */
  open(): readonly CountsListeners[] {
    for (const client of this.#opened) if (client.status === 'end') this.#opened.delete(client);
    return [...this.#opened].filter(isClient);
  }
}
