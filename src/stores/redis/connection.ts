import { Socket } from 'node:net';
import type { Emit } from '../../events/emitter';
import type { Logger } from '../../events/logger';
import type { RedisLike } from './redis-like';
import { StoreUnavailableError } from '../../protocol/errors';
import type { Milliseconds } from '../../protocol/time';
import { Deadlines, type Deadline } from './deadlines';
import { MissedDeadlines } from './missed-deadlines';
import { isCluster, ownConnection, reconnect } from './own-connection';
import { Outage } from './outage';
import { isRefusedWrite, reasonInFarewell, reasonOf, type Reason } from './reasons';
import type { Script } from './scripts';
import { TickWrites } from './tick-writes';

export interface RedisConnectionOptions {
  /** Maximum time that a command may take, including the wait for the first connection. */
  readonly deadline: Milliseconds;
  readonly emit: Emit;
  readonly logger: Logger;
}

type Argument = string | number;

/** The maximum number of commands in flight. More are refused immediately. */
export const MAX_IN_FLIGHT = 10_000;

/** Length and number of the ticks within which a new connection must become ready. */
const GREETING_TICK_MS = 100;
const GREETING_TICKS = 10;

/** Number of deadlines without any answer after which a connection counts as dead. */
const SILENCES_BORNE = 4;

/** Returns the members of an array reply; none for any other reply. */
export const membersOf = (reply: unknown): readonly unknown[] => (Array.isArray(reply) ? (reply as unknown[]) : []);

/** Reads the first bytes of a new connection: Redis sends some refusals before the driver waits for a reply. */
const onFarewell = (client: RedisLike & { readonly stream?: unknown }, report: (reason: Reason) => void): void => {
  if (!(client.stream instanceof Socket)) return;
  client.stream.once('data', (bytes: Buffer | string) => {
    const reason = reasonInFarewell(bytes.toString('latin1'));
    if (reason !== undefined) report(reason);
  });
};

/** The gate's own connection to Redis: every command ends within the deadline, with an answer or an error. */
export class RedisConnection {
  /** For libraries that send commands of their own; call them through `inTime`. */
  readonly client: RedisLike;
  /** True if commands are executed in the order in which they are sent; false for several servers (a Cluster). */
  readonly isOrdered: boolean;
  readonly #deadline: Milliseconds;
  readonly #deadlines: Deadlines;
  readonly #missed: MissedDeadlines;
  readonly #writes: TickWrites;
  readonly #logger: Logger;
  readonly #outage: Outage;
  readonly #connected: Promise<void>;
  #refusedWrite: { readonly reason: string; readonly at: Milliseconds } | undefined;
  #inFlight = 0;
  #scriptsResent = 0;
  #silentSince: Milliseconds | undefined;
  #greeting: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(handedIn: RedisLike, { deadline, emit, logger }: RedisConnectionOptions) {
    this.client = ownConnection(handedIn);
    this.isOrdered = !isCluster(handedIn);
    this.#writes = new TickWrites(this.client);
    this.#deadline = deadline;
    this.#deadlines = new Deadlines(deadline);
    this.#missed = new MissedDeadlines(deadline, logger);
    this.#logger = logger;
    this.#outage = new Outage(emit, logger);
    this.client.on('error', (error: unknown) => this.#sawAway(reasonOf(error)));
    this.client.on('close', () => {
      this.#endGreeting();
      this.#sawAway({ word: 'disconnected', source: 'connection' });
    });
    this.client.on('connect', () => this.#awaitGreeting());
    this.#connected = new Promise((resolve) => {
      this.client.on('ready', () => {
        this.#sawReady();
        resolve();
      });
    });
    this.#connected.then(() => this.#checkEviction()).catch(() => undefined); // it only logs a warning
  }

  command(name: string, ...args: readonly Argument[]): Promise<unknown> {
    return this.inTime(() => this.client.call(name, ...args));
  }

  /** The last write that Redis refused for a reason that applies to all writes; `at` is by the monotonic clock. */
  get refusedWrite(): { readonly reason: string; readonly at: Milliseconds } | undefined {
    return this.#refusedWrite;
  }

  /** Number of commands that were sent and not answered within the deadline. */
  get missedDeadlines(): number {
    return this.#missed.total;
  }

  /** Number of scripts that had to be sent again, and so ran later than they were called. */
  get scriptsResent(): number {
    return this.#scriptsResent;
  }

  /** Runs a script by its digest (EVALSHA); if the server has not cached it yet, by its text (EVAL). */
  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return this.inTime(() =>
      this.client.call('evalsha', script.sha, keys.length, ...keys, ...args).catch((error: unknown) => {
        if (reasonOf(error).word !== 'NOSCRIPT') throw error;
        this.#scriptsResent += 1;
        return this.client.call('eval', script.lua, keys.length, ...keys, ...args);
      }),
    );
  }

  /** Sends something after all other commands of this tick, in the same write. */
  atLast(send: () => void): void {
    this.#writes.atLast(send);
  }

  /** Resolves when Redis answers; in a Cluster, when any node does. */
  async ping(): Promise<void> {
    await this.command('ping');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#endGreeting();
    this.client.disconnect();
  }

  /**
   * Runs a command under the deadline; every failure becomes a `StoreUnavailableError`.
   * @param wasLate called with an answer that arrives after its caller was refused
   */
  inTime<T>(send: () => Promise<T>, wasLate: (answer: T) => void = () => undefined): Promise<T> {
    if (this.#inFlight >= MAX_IN_FLIGHT) return Promise.reject(new StoreUnavailableError('overloaded'));
    if (this.#closed) return Promise.reject(new StoreUnavailableError('disconnected'));
    const away = this.#outage.reason;
    if (away !== undefined) return Promise.reject(new StoreUnavailableError(away));
    this.#inFlight += 1;
    return new Promise((resolve, reject) => {
      const isConnected = this.client.status === 'ready';
      const deadline = this.#deadlines.begin(() => {
        this.#inFlight -= 1;
        if (isConnected) this.#missed.missed();
        reject(new StoreUnavailableError('deadline'));
        this.#sawSilence();
      });
      const answered = isConnected ? this.#send(send) : this.#connected.then(() => this.#sendIfWanted(send, deadline));
      answered.then(
        (answer) => {
          if (deadline.isPast) {
            this.#sawLateAnswer(deadline);
            return wasLate(answer);
          }
          this.#end(deadline);
          this.#silentSince = undefined;
          this.#missed.answeredInTime();
          resolve(answer);
        },
        (error: unknown) => {
          if (deadline.isPast) {
            if (reasonOf(error).source === 'reply') this.#sawLateAnswer(deadline);
            return;
          }
          this.#end(deadline);
          reject(this.#unavailable(error));
        },
      );
    });
  }

  #end(deadline: Deadline): void {
    this.#inFlight -= 1;
    this.#deadlines.meet(deadline);
  }

  #unavailable(error: unknown): StoreUnavailableError {
    if (error instanceof StoreUnavailableError) return error;
    const reason = reasonOf(error);
    if (reason.source === 'reply') this.#sawRefusal(reason);
    return new StoreUnavailableError(reason.word);
  }

  /** Sends a command that waited for the first connection. Later, a lost connection fails commands immediately. */
  #sendIfWanted<T>(send: () => Promise<T>, deadline: Deadline): Promise<T> {
    // The caller was already refused, so nothing may be executed any more.
    if (deadline.isPast) throw new StoreUnavailableError('deadline');
    return this.#send(send);
  }

  #send<T>(send: () => Promise<T>): Promise<T> {
    this.#writes.join();
    return send();
  }

  /**
   * Gives up the connection after `SILENCES_BORNE` deadlines without any answer: a server that hangs keeps its
   * connections, and every command sent to it stays in memory. The pending commands end, and the next ones are refused
   * immediately until a new connection is ready.
   */
  #sawSilence(): void {
    const now = performance.now();
    this.#silentSince ??= now - this.#deadline;
    if (this.#outage.reason !== undefined || this.#closed) return;
    if (now - this.#silentSince < SILENCES_BORNE * this.#deadline) return;
    this.#sawAway({ word: 'silent', source: 'connection' });
    reconnect(this.client);
  }

  /**
   * Handles an answer after its deadline. A server that is a little late is not silent, and a new connection would not
   * make it faster. One that falls further and further behind is treated as silent, because the commands that wait for
   * it would grow without bound.
   */
  #sawLateAnswer({ dueAt }: Deadline): void {
    const roundTrip = performance.now() - dueAt + this.#deadline;
    if (roundTrip < SILENCES_BORNE * this.#deadline) this.#silentSince = undefined;
    this.#missed.answeredLate(roundTrip);
  }

  /** Logs that a value under one of our keys is foreign or truncated. The caller must refuse what depends on it. */
  sawForeignValue(): void {
    this.#logger.error(
      { store: 'redis' },
      'A value in Redis is not one that scopegate wrote: what depends on it was refused',
    );
  }

  /** Handles an error reply: Redis is out of memory, was demoted, or has a foreign value under a key. */
  #sawRefusal(reason: Reason): void {
    this.#silentSince = undefined;
    if (isRefusedWrite(reason)) this.#refusedWrite = { reason: reason.word, at: performance.now() };
    this.#outage.refused(reason);
  }

  #sawAway(reason: Reason): void {
    if (!this.#closed) this.#outage.begin(reason);
  }

  /**
   * Warns if Redis may evict tokens: an evicted token is refused, which is safe, but a surprise to its user. Logs
   * nothing if CONFIG is not permitted.
   */
  async #checkEviction(): Promise<void> {
    const answer = await this.client.call('config', 'get', 'maxmemory-policy').catch(() => undefined);
    const [, policy] = membersOf(answer);
    if (typeof policy !== 'string' || policy === 'noeviction') return;
    this.#logger.warn({ store: 'redis', policy }, 'Redis may evict live tokens: set maxmemory-policy to noeviction');
  }

  /** Reconnects if a new connection was accepted but is not answered: it would be waited for indefinitely. */
  #awaitGreeting(): void {
    this.#endGreeting();
    onFarewell(this.client, (reason) => this.#sawAway(reason));
    // Counted in ticks: a process that computes for seconds reads nothing meanwhile, and uses up only one tick.
    let ticksLeft = GREETING_TICKS;
    this.#greeting = setInterval(() => {
      ticksLeft -= 1;
      if (ticksLeft === Math.floor(GREETING_TICKS / 2)) this.#nameLoading().catch(() => undefined);
      if (ticksLeft > 0) return;
      this.#endGreeting();
      reconnect(this.client);
    }, GREETING_TICK_MS).unref();
  }

  /** Reports that Redis loads its data: the driver waits for that, but does not report it. */
  async #nameLoading(): Promise<void> {
    const info = await this.client.call('info', 'persistence');
    if (typeof info === 'string' && /^loading:1/m.test(info)) this.#sawAway({ word: 'LOADING', source: 'reply' });
  }

  #endGreeting(): void {
    clearInterval(this.#greeting);
  }

  #sawReady(): void {
    this.#endGreeting();
    this.#silentSince = undefined;
    this.#outage.end();
  }
}
