import { ownConnection, reconnect } from './own-connection';
import type { RedisLike } from './redis-like';

/** Number of checks without a reply after which a connection counts as dead. */
const MAX_SILENT_CHECKS = 2;

/** Receiver of the events of a Sentinel. */
export interface SentinelEventListener {
  /** @param channel the event's name, such as `+switch-master` */
  onEvent(channel: string, message: string): void;
  /** Called when the Sentinel does not permit the subscription. */
  onRefused(): void;
}

/** A connection to one Sentinel that receives its events. It reconnects if it is lost or gets no reply. */
export class SentinelEvents {
  readonly #client: RedisLike;
  readonly #channels: readonly string[];
  readonly #listener: SentinelEventListener;
  #silentChecks = 0;

  /** @param changes options by which a copy of the client connects to this Sentinel */
  constructor(hostClient: RedisLike, changes: object, channels: readonly string[], listener: SentinelEventListener) {
    this.#channels = channels;
    this.#listener = listener;
    this.#client = ownConnection(hostClient, changes);
    this.#client.on('error', () => undefined); // requests do not depend on a Sentinel that is down
    this.#client.on('connect', () => this.#onReply());
    this.#client.on('ready', () => void this.#subscribe());
    this.#client.on('message', (channel, message) => {
      if (typeof channel === 'string' && typeof message === 'string') listener.onEvent(channel, message);
    });
  }

  /** Replaces a connection without a reply since the last checks, and sends the next check. Called regularly. */
  check(): void {
    this.#silentChecks += 1;
    if (this.#silentChecks > MAX_SILENT_CHECKS) {
      this.#silentChecks = 0;
      reconnect(this.#client);
    } else if (this.#client.status === 'ready') {
      this.#client.call('ping').then(
        () => this.#onReply(),
        () => undefined,
      );
    }
  }

  close(): void {
    this.#client.disconnect();
  }

  #onReply(): void {
    this.#silentChecks = 0;
  }

  async #subscribe(): Promise<void> {
    try {
      await this.#client.call('subscribe', ...this.#channels);
    } catch (error) {
      // After any other failure, the client emits `ready` again.
      if (error instanceof Error && error.message.startsWith('NOPERM')) this.#listener.onRefused();
    }
  }
}
