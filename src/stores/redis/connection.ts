import { Socket } from 'node:net';
import type { Emit } from '../../events/emitter';
import type { Logger } from '../../events/logger';
import type { RedisLike } from '../../options/redis-like';
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
  /** Longest time that a command may take, waiting for the first connection included. */
  readonly deadline: Milliseconds;
  readonly emit: Emit;
  readonly logger: Logger;
}

type Argument = string | number;

/** The maximum number of commands in flight. More are refused immediately. */
export const MAX_IN_FLIGHT = 10_000;

/** How long a connection may go without a greeting. */
const GREETING_TICK_MS = 100;
const GREETING_TICKS = 10;

/** How many deadlines may pass without any answer before a connection counts as dead. */
const SILENCES_BORNE = 4;

/** The members of an array reply; none for any other reply. */
export const membersOf = (reply: unknown): readonly unknown[] => (Array.isArray(reply) ? (reply as unknown[]) : []);

/** Reads the first bytes of a new connection: some refusals are sent before the driver waits for a reply. */
const onFarewell = (client: RedisLike & { readonly stream?: unknown }, report: (reason: Reason) => void): void => {
  if (!(client.stream instanceof Socket)) return;
  client.stream.once('data', (bytes: Buffer | string) => {
    const reason = reasonInFarewell(bytes.toString('latin1'));
    if (reason !== undefined) report(reason);
  });
};

/** The gate's own connection to Redis: every command ends within the deadline, with an answer or a refusal. */
export class RedisConnection {
  /** For libraries that bring commands of their own; their use goes through `inTime`. */
  readonly client: RedisLike;
  /** True if what is sent first is done first: not where there are several servers. */
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
    this.#connected.then(() => this.#checkEviction()).catch(() => undefined); // it only warns
  }

  command(name: string, ...args: readonly Argument[]): Promise<unknown> {
    return this.inTime(() => this.client.call(name, ...args));
  }

  /** The last write that Redis refused as it would refuse any other; `at` is by the monotonic clock. */
  get refusedWrite(): { readonly reason: string; readonly at: Milliseconds } | undefined {
    return this.#refusedWrite;
  }

  /** Commands that were sent and not answered within the deadline. */
  get missedDeadlines(): number {
    return this.#missed.total;
  }

  /** How often a script had to be sent again, and so was run later than it was asked for. */
  get scriptsResent(): number {
    return this.#scriptsResent;
  }

  /** Runs a script by its digest; a server that does not know it yet is sent the text. */
  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return this.inTime(() =>
      this.client.call('evalsha', script.sha, keys.length, ...keys, ...args).catch((error: unknown) => {
        if (reasonOf(error).word !== 'NOSCRIPT') throw error;
        this.#scriptsResent += 1;
        return this.client.call('eval', script.lua, keys.length, ...keys, ...args);
      }),
    );
  }

  /** Sends something behind all else of this tick, in the same write. */
  atLast(send: () => void): void {
    this.#writes.atLast(send);
  }

  /** Resolves when Redis answers; for a Cluster, any node. */
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
   * @param wasLate is called with an answer that comes after its caller was refused.
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

  /** For what waits for the very first connection; once it was there, a lost one is a refusal at once. */
  #sendIfWanted<T>(send: () => Promise<T>, deadline: Deadline): Promise<T> {
    if (deadline.isPast) throw new StoreUnavailableError('deadline'); // its caller was refused already: nothing may be done any more
    return this.#send(send);
  }

  #send<T>(send: () => Promise<T>): Promise<T> {
    this.#writes.join();
    return send();
  }

  /**
   * A server that hangs keeps its connections, and every command sent to it stays in memory. After a while without any
   * answer the connection is given up: what waits on it ends, and the next requests are refused at once until a new
   * connection is answered.
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
   * A server that answers a little late is not silent, and a new connection would not make it faster. One that gets further
   * and further behind is given up like a silent one: what waits for it would grow without a bound.
   */
  #sawLateAnswer({ dueAt }: Deadline): void {
    const roundTrip = performance.now() - dueAt + this.#deadline;
    if (roundTrip < SILENCES_BORNE * this.#deadline) this.#silentSince = undefined;
    this.#missed.answeredLate(roundTrip);
  }

  /** Reports that a value under one of our keys is not ours, or was cut. The caller refuses what depends on it. */
  sawForeignValue(): void {
    this.#logger.error(
      { store: 'redis' },
      'A value in Redis is not one that scopegate wrote: what depends on it was refused',
    );
  }

  /** Redis is there and refuses: out of memory, demoted, a foreign value under a key. */
  #sawRefusal(reason: Reason): void {
    this.#silentSince = undefined;
    if (isRefusedWrite(reason)) this.#refusedWrite = { reason: reason.word, at: performance.now() };
    this.#outage.refused(reason);
  }

  #sawAway(reason: Reason): void {
    if (!this.#closed) this.#outage.begin(reason);
  }

  /** An evicted token is refused, which is safe, and a surprise to its user. A Redis that may not be asked is left alone. */
  async #checkEviction(): Promise<void> {
    const answer = await this.client.call('config', 'get', 'maxmemory-policy').catch(() => undefined);
    const [, policy] = membersOf(answer);
    if (typeof policy !== 'string' || policy === 'noeviction') return;
    this.#logger.warn({ store: 'redis', policy }, 'Redis may evict live tokens: set maxmemory-policy to noeviction');
  }

  /** A connection that was taken and is never answered would be waited for without end. */
  #awaitGreeting(): void {
    this.#endGreeting();
    onFarewell(this.client, (reason) => this.#sawAway(reason));
    // Counted in ticks: a process that computes for seconds has not listened meanwhile, and spends one tick.
    let ticksLeft = GREETING_TICKS;
    this.#greeting = setInterval(() => {
      ticksLeft -= 1;
      if (ticksLeft === Math.floor(GREETING_TICKS / 2)) this.#nameLoading().catch(() => undefined);
      if (ticksLeft > 0) return;
      this.#endGreeting();
      reconnect(this.client);
    }, GREETING_TICK_MS).unref();
  }

  /** The driver waits for a server that loads its data without saying so. */
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
