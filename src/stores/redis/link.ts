import type { Emit } from '../../events/emitter';
import type { Logger } from '../../events/logger';
import type { Milliseconds } from '../../protocol/time';
import { Greeting } from './greeting';
import { Outage } from './outage';
import { isCluster, ownConnection, reconnect } from './own-connection';
import { isRefusedWrite, reasonOf, type Reason } from './reasons';
import type { RedisLike } from './redis-like';
import { Silence } from './silence';

export interface RedisLinkOptions {
  /** Maximum time that a command may take, including the wait for the first connection. */
  readonly deadline: Milliseconds;
  readonly emit: Emit;
  readonly logger: Logger;
}

/** A write that Redis refused for a reason that applies to all writes. */
export interface RefusedWrite {
  readonly reason: string;
  /** By the monotonic clock. */
  readonly at: Milliseconds;
}

/** The gate's own client, and its state: connecting, ready, away or closed. Replaces a connection that is dead. */
export class RedisLink {
  readonly client: RedisLike;
  /** True if commands are executed in the order in which they are sent; false for several servers (a Cluster). */
  readonly isOrdered: boolean;
  /** Resolves when the first connection is ready. */
  readonly connected: Promise<void>;
  readonly #outage: Outage;
  readonly #silence: Silence;
  readonly #greeting: Greeting;
  #refusedWrite: RefusedWrite | undefined;
  #isClosed = false;

  /** @param hostClient the client that was passed in as an option: its address and credentials are used */
  constructor(hostClient: RedisLike, { deadline, emit, logger }: RedisLinkOptions) {
    this.client = ownConnection(hostClient);
    this.isOrdered = !isCluster(hostClient);
    this.#outage = new Outage(emit, logger);
    this.#silence = new Silence(deadline);
    this.#greeting = new Greeting(this.client, (reason) => this.#markAway(reason));
    this.connected = new Promise((resolve) => this.#listen(resolve));
  }

  get isReady(): boolean {
    return this.client.status === 'ready';
  }

  /** The reason why no command can be sent now, in one word; `undefined` if there is none. */
  get awayReason(): string | undefined {
    return this.#isClosed ? 'disconnected' : this.#outage.reason;
  }

  /** The last write that Redis refused for a reason that applies to all writes. */
  get refusedWrite(): RefusedWrite | undefined {
    return this.#refusedWrite;
  }

  onReply(): void {
    this.#silence.end();
  }

  /** @param roundTrip time after which the reply arrived, longer than the deadline */
  onLateReply(roundTrip: Milliseconds): void {
    this.#silence.endLate(roundTrip);
  }

  /**
   * Gives up the connection after a long silence: every command sent to a server that hangs stays in memory. The
   * pending commands end, and the next ones are refused immediately until a new connection is ready.
   */
  onTimeout(): void {
    this.#silence.begin();
    if (this.awayReason !== undefined || !this.#silence.isTooLong) return;
    this.#markAway({ word: 'silent', source: 'connection' });
    reconnect(this.client);
  }

  /** Logs an error reply, which ends a silence: Redis is full, was demoted, or has a foreign value under a key. */
  logRefusal(reason: Reason): void {
    this.#silence.end();
    if (isRefusedWrite(reason)) this.#refusedWrite = { reason: reason.word, at: performance.now() };
    this.#outage.refused(reason);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#greeting.end();
    this.client.disconnect();
  }

  #listen(onFirstReady: () => void): void {
    this.client.on('error', (error: unknown) => this.#markAway(reasonOf(error)));
    this.client.on('close', () => {
      this.#greeting.end();
      this.#markAway({ word: 'disconnected', source: 'connection' });
    });
    this.client.on('connect', () => this.#greeting.begin());
    this.client.on('ready', () => {
      this.#greeting.end();
      this.#silence.end();
      this.#outage.end();
      onFirstReady();
    });
  }

  #markAway(reason: Reason): void {
    if (!this.#isClosed) this.#outage.begin(reason);
  }
}
