import type { Emit } from '../../events/emitter';
import type { Logger } from '../../events/logger';
import type { RedisLike } from '../../options/redis-like';
import { StoreUnavailableError } from '../../protocol/errors';
import type { Milliseconds } from '../../protocol/time';
import { Deadlines, type Deadline } from './deadlines';
import { isCluster, ownConnection, reconnect } from './own-connection';
import type { Script } from './scripts';
import { TickWrites } from './tick-writes';

export interface RedisConnectionOptions {
  /** Longest time that a command may take, waiting for the first connection included. */
  readonly deadline: Milliseconds;
  readonly emit: Emit;
  readonly logger: Logger;
}

type Argument = string | number;

/** What may wait for Redis at a time. What would be too much is refused at once. */
export const MOST_IN_FLIGHT = 10_000;

/** How long a connection may go without a greeting. */
const GREETING_TICK_MS = 100;
const GREETING_TICKS = 10;

/** How many deadlines may pass without any answer before a connection counts as dead. */
const SILENCES_BORNE = 4;

/** The code that an error reply of Redis begins with; `undefined` for errors that never came from Redis. */
const replyCodeOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error ? /^[A-Z]{2,}\b/.exec(thrown.message)?.[0] : undefined;

/** One word about a driver's error. Its message and fields may hold command arguments and stay here. */
const reasonOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return 'failed';
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'disconnected';
};

/** The members of an array reply; none for any other reply. */
export const membersOf = (reply: unknown): readonly unknown[] => (Array.isArray(reply) ? (reply as unknown[]) : []);

/** The gate's own connection to Redis: every command ends within the deadline, with an answer or a refusal. */
export class RedisConnection {
  /** For libraries that bring commands of their own; their use goes through `inTime`. */
  readonly client: RedisLike;
  /** Whether what is sent first is done first: not where there are several servers. */
  readonly isOrdered: boolean;
  readonly #deadline: Milliseconds;
  readonly #deadlines: Deadlines;
  readonly #writes: TickWrites;
  readonly #emit: Emit;
  readonly #logger: Logger;
  readonly #connected: Promise<void>;
  #inFlight = 0;
  #scriptsResent = 0;
  #silentSince: Milliseconds | undefined;
  #greeting: NodeJS.Timeout | undefined;
  #away = false;
  #closed = false;

  constructor(handedIn: RedisLike, { deadline, emit, logger }: RedisConnectionOptions) {
    this.client = ownConnection(handedIn);
    this.isOrdered = !isCluster(handedIn);
    this.#writes = new TickWrites(this.client);
    this.#deadline = deadline;
    this.#deadlines = new Deadlines(deadline);
    this.#emit = emit;
    this.#logger = logger;
    this.client.on('error', (error: unknown) => this.#sawAway(replyCodeOf(error) ?? reasonOf(error)));
    this.client.on('close', () => {
      this.#endGreeting();
      this.#sawAway('disconnected');
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

  /** How often a script had to be sent again, and so was run later than it was asked for. */
  get scriptsResent(): number {
    return this.#scriptsResent;
  }

  /** Runs a script by its digest; a server that does not know it yet is sent the text. */
  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return this.inTime(() =>
      this.client.call('evalsha', script.sha, keys.length, ...keys, ...args).catch((error: unknown) => {
        if (replyCodeOf(error) !== 'NOSCRIPT') throw error;
        this.#scriptsResent += 1;
        return this.client.call('eval', script.lua, keys.length, ...keys, ...args);
      }),
    );
  }

  /** Sends something behind all else of this tick, in the same write. */
  atLast(send: () => void): void {
    this.#writes.atLast(send);
  }

  /** Resolves when Redis answers. */
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
   * Does something with the connection under its deadline; whatever goes wrong is `StoreUnavailableError`.
   * @param wasLate is told of an answer that comes when its caller has been refused.
   */
  inTime<T>(send: () => Promise<T>, wasLate: (answer: T) => void = () => undefined): Promise<T> {
    if (this.#inFlight >= MOST_IN_FLIGHT) return Promise.reject(new StoreUnavailableError('overloaded'));
    if (this.#away || this.#closed) return Promise.reject(new StoreUnavailableError('disconnected'));
    this.#inFlight += 1;
    return new Promise((resolve, reject) => {
      const deadline = this.#deadlines.begin(() => {
        this.#inFlight -= 1;
        reject(new StoreUnavailableError('deadline'));
        this.#sawSilence();
      });
      const answered =
        this.client.status === 'ready'
          ? this.#send(send)
          : this.#connected.then(() => this.#sendIfWanted(send, deadline));
      answered.then(
        (answer) => {
          if (deadline.isPast) return wasLate(answer);
          this.#end(deadline);
          this.#silentSince = undefined;
          resolve(answer);
        },
        (error: unknown) => {
          if (deadline.isPast) return;
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
    const reply = replyCodeOf(error);
    if (reply !== undefined) this.#sawRefusal(reply);
    return new StoreUnavailableError(reply ?? reasonOf(error));
  }

  /** For what waits for the very first connection; once it was there, a lost one is a refusal at once. */
  #sendIfWanted<T>(send: () => Promise<T>, deadline: Deadline): Promise<T> {
    if (deadline.isPast) throw new StoreUnavailableError('deadline'); // its caller was told that nothing was done
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
    if (this.#away || this.#closed || now - this.#silentSince < SILENCES_BORNE * this.#deadline) return;
    this.#sawAway('silent');
    reconnect(this.client);
  }

  /** Something under one of our keys is not ours, or was cut. Whoever finds it refuses what depends on it. */
  sawForeignValue(): void {
    this.#logger.error(
      { store: 'redis' },
      'A value in Redis is not one that scopegate wrote: what depends on it was refused',
    );
  }

  /** Redis is there and refuses: out of memory, demoted, a foreign value under a key. */
  #sawRefusal(reason: string): void {
    this.#silentSince = undefined;
    this.#logger.error({ store: 'redis', reason }, 'Redis refused a command: the request was answered 503');
  }

  #sawAway(reason: string): void {
    if (this.#away || this.#closed) return;
    this.#away = true;
    this.#logger.error({ store: 'redis', reason }, 'Redis is away: requests that need it are answered 503');
    this.#emit({ type: 'storeAway', store: 'redis', reason });
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
    // Counted in ticks: a process that computes for seconds has not listened meanwhile, and spends one tick.
    let ticksLeft = GREETING_TICKS;
    this.#greeting = setInterval(() => {
      ticksLeft -= 1;
      if (ticksLeft > 0) return;
      this.#endGreeting();
      reconnect(this.client);
    }, GREETING_TICK_MS).unref();
  }

  #endGreeting(): void {
    clearInterval(this.#greeting);
  }

  #sawReady(): void {
    this.#endGreeting();
    this.#silentSince = undefined;
    if (!this.#away) return;
    this.#away = false;
    this.#logger.info({ store: 'redis' }, 'Redis is back');
    this.#emit({ type: 'storeBack', store: 'redis' });
  }
}
