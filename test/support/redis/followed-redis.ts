import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { RedisLike } from 'scopegate';
import { deferred } from '../time/deferred';

const MAX_WAIT_MS = 20_000;

/**
 * A client for one gate that shows how far the gate has followed the announcements of the others. A message on the same
 * channel arrives after everything that was announced before it, so a test needs no guess of how long that takes.
 */
export class FollowedRedis {
  readonly client: RedisLike;
  /** Resolves when the gate has received its first message, and may use its cache. */
  readonly opened: Promise<void>;
  readonly #redis: Redis;
  readonly #markers = new Map<string, () => void>();
  readonly #first = deferred<string>();

  /** @param redis is connected, and publishes the markers */
  constructor(redis: Redis) {
    this.#redis = redis;
    this.client = this.#around(redis);
    this.opened = this.#first.promise.then(() => undefined);
  }

  /** Resolves when the gate has received everything that was announced before the call. @throws after 20 seconds */
  async catchUp(): Promise<void> {
    const channel = await this.#first.promise;
    const marker = `marker ${randomUUID()}`;
    const { promise, resolve } = deferred<boolean>();
    const timer = setTimeout(() => resolve(false), MAX_WAIT_MS);
    this.#markers.set(marker, () => resolve(true));
    await this.#redis.publish(channel, marker);
    const isReceived = await promise;
    clearTimeout(timer);
    this.#markers.delete(marker);
    if (!isReceived) throw new Error(`a gate received nothing within ${MAX_WAIT_MS} ms`);
  }

  #around(client: Redis): RedisLike {
    return {
      get status() {
        return client.status;
      },
      duplicate: (override) => this.#around(client.duplicate({ ...override })),
      call: (command, ...args) => client.call(command, ...args),
      disconnect: (reconnect) => client.disconnect(reconnect),
      on: (event, listener) => {
        client.on(event, listener);
        // Behind the gate's own listener, which has then handled the message.
        if (event === 'message') client.on(event, (channel: string, message: string) => this.#follow(channel, message));
        return client;
      },
      off: (event, listener) => client.off(event, listener),
    };
  }

  #follow(channel: string, message: string): void {
    this.#first.resolve(channel);
    this.#markers.get(message)?.();
  }
}
