import type { Histogram } from '../../events/histogram';
import type { Logger } from '../../events/logger';
import { StoreUnavailableError } from '../../protocol/errors';
import type { Milliseconds } from '../../protocol/time';
import { Deadlines, type Deadline } from './deadlines';
import { RedisLink, type RedisLinkOptions, type RefusedWrite } from './link';
import { MissedDeadlines } from './missed-deadlines';
import { reasonOf } from './reasons';
import type { RedisLike } from './redis-like';
import type { Script } from './scripts';
import { SharedReads } from './shared-reads';
import { TickReads } from './tick-reads';
import { TickWrites } from './tick-writes';

type Argument = string | number;

/** The maximum number of commands in flight, and of reads that share commands. More are refused immediately. */
const MAX_IN_FLIGHT = 10_000;

const ignoreReply = (): void => undefined;

export interface RedisConnectionOptions extends RedisLinkOptions {
  /** Receives the time of each command that got a reply. @default none, and no clock is read for it */
  readonly durations?: Pick<Histogram, 'observe'> | undefined;
}

/** The gate's own connection to Redis: every command ends within the deadline, with a reply or an error. */
export class RedisConnection {
  readonly #link: RedisLink;
  readonly #deadline: Milliseconds;
  readonly #deadlines: Deadlines;
  readonly #missed: MissedDeadlines;
  readonly #writes: TickWrites;
  readonly #logger: Logger;
  readonly #durations: Pick<Histogram, 'observe'> | undefined;
  #inFlight = 0;
  #scriptsResent = 0;

  constructor(hostClient: RedisLike, options: RedisConnectionOptions) {
    const { deadline, logger, durations } = options;
    this.#link = new RedisLink(hostClient, options);
    this.#deadline = deadline;
    this.#deadlines = new Deadlines(deadline);
    this.#missed = new MissedDeadlines(deadline, logger);
    this.#writes = new TickWrites(this.#link.client);
    this.#logger = logger;
    this.#durations = durations;
  }

  /** For libraries that send commands of their own; call them through `withDeadline`. */
  get client(): RedisLike {
    return this.#link.client;
  }

  /** True if commands are executed in the order in which they are sent; false for several servers (a Cluster). */
  get isOrdered(): boolean {
    return this.#link.isOrdered;
  }

  /** The last write that Redis refused for a reason that applies to all writes. */
  get refusedWrite(): RefusedWrite | undefined {
    return this.#link.refusedWrite;
  }

  /** Number of commands that were sent and got no reply within the deadline. */
  get missedDeadlines(): number {
    return this.#missed.total;
  }

  /** Number of scripts that had to be sent again, and so ran later than they were called. */
  get scriptsResent(): number {
    return this.#scriptsResent;
  }

  command(name: string, ...args: readonly Argument[]): Promise<unknown> {
    return this.withDeadline(() => this.client.call(name, ...args));
  }

  /** Runs a script by its digest (EVALSHA); if the server has not cached it yet, by its text (EVAL). */
  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return this.withDeadline(() =>
      this.client.call('evalsha', script.sha, keys.length, ...keys, ...args).catch((error: unknown) => {
        if (reasonOf(error).word !== 'NOSCRIPT') throw error;
        this.#scriptsResent += 1;
        return this.client.call('eval', script.lua, keys.length, ...keys, ...args);
      }),
    );
  }

  /**
   * Returns reads that share one command per tick, which is sent after all other commands of the tick. For keys on one
   * server.
   * @param readAll reads several keys with one command, and returns what each has, in the same order
   */
  tickReads<T>(readAll: (keys: readonly string[]) => Promise<readonly T[]>): TickReads<T> {
    return new TickReads(this.#writes, readAll, MAX_IN_FLIGHT);
  }

  /** Returns reads that share one GET per key and tick, which is sent after all other commands of the tick. */
  sharedReads(): SharedReads<unknown> {
    return new SharedReads(this.#writes, (key) => this.command('get', key), MAX_IN_FLIGHT);
  }

  /** Resolves when Redis replies; in a Cluster, when any node does. */
  async ping(): Promise<void> {
    await this.command('ping');
  }

  /** Logs that a value under one of our keys is foreign or truncated. The caller must refuse what depends on it. */
  logForeignValue(): void {
    this.#logger.error(
      { store: 'redis' },
      'A value in Redis was not written by scopegate: what depends on it was refused',
    );
  }

  async close(): Promise<void> {
    this.#link.close();
  }

  /**
   * Runs a command under the deadline; every failure becomes a `StoreUnavailableError`.
   * @param onLate called with a reply that arrives after its caller was refused
   */
  withDeadline<T>(send: () => Promise<T>, onLate: (reply: T) => void = ignoreReply): Promise<T> {
    const refusal = this.#inFlight >= MAX_IN_FLIGHT ? 'overloaded' : this.#link.awayReason;
    if (refusal !== undefined) return Promise.reject(new StoreUnavailableError(refusal));
    this.#inFlight += 1;
    return new Promise((resolve, reject) => {
      const { isReady } = this.#link;
      const deadline = this.#deadlines.begin(() => {
        reject(new StoreUnavailableError('deadline'));
        this.#onTimeout(isReady);
      });
      const pending = isReady ? this.#send(send) : this.#link.connected.then(() => this.#sendIfWanted(send, deadline));
      pending.then(
        (reply) => {
          if (deadline.isPast) {
            this.#onLateReply(deadline);
            return onLate(reply);
          }
          this.#onReply(deadline);
          resolve(reply);
        },
        (error: unknown) => {
          if (!deadline.isPast) reject(this.#onError(error, deadline));
          else if (reasonOf(error).source === 'reply') this.#onLateReply(deadline);
        },
      );
    });
  }

  #send<T>(send: () => Promise<T>): Promise<T> {
    this.#writes.join();
    return send();
  }

  /** Sends a command that waited for the first connection. Later, a lost connection fails commands immediately. */
  #sendIfWanted<T>(send: () => Promise<T>, deadline: Deadline): Promise<T> {
    // The caller was already refused, so nothing may be executed any more.
    if (deadline.isPast) throw new StoreUnavailableError('deadline');
    return this.#send(send);
  }

  #onReply(deadline: Deadline): void {
    this.#durations?.observe(this.#roundTripOf(deadline));
    this.#end(deadline);
    this.#link.onReply();
    this.#missed.repliedInTime();
  }

  #onLateReply(deadline: Deadline): void {
    const roundTrip = this.#roundTripOf(deadline);
    this.#durations?.observe(roundTrip);
    this.#link.onLateReply(roundTrip);
    this.#missed.repliedLate(roundTrip);
  }

  /** Returns the time since a command was called. */
  #roundTripOf({ dueAt }: Deadline): Milliseconds {
    return performance.now() - dueAt + this.#deadline;
  }

  /** @returns the error for the caller of the command that failed */
  #onError(error: unknown, deadline: Deadline): StoreUnavailableError {
    this.#end(deadline);
    if (error instanceof StoreUnavailableError) return error;
    const reason = reasonOf(error);
    if (reason.source === 'reply') {
      this.#durations?.observe(this.#roundTripOf(deadline));
      this.#link.logRefusal(reason);
    }
    return new StoreUnavailableError(reason.word);
  }

  /** @param wasSent false for a command that still waited for the first connection */
  #onTimeout(wasSent: boolean): void {
    this.#inFlight -= 1;
    if (wasSent) this.#missed.missed();
    this.#link.onTimeout();
  }

  #end(deadline: Deadline): void {
    this.#inFlight -= 1;
    this.#deadlines.meet(deadline);
  }
}
