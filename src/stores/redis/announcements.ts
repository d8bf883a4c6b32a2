import { randomUUID } from 'node:crypto';
import type { Logger } from '../../events/logger';
import type { RedisLike } from '../../options/redis-like';
import { StoreUnavailableError } from '../../protocol/errors';
import type { Milliseconds } from '../../protocol/time';
import { readChange, type Change } from './changes';
import type { RedisConnection } from './connection';
import { ownConnection, reconnect } from './own-connection';

const BEAT_EVERY_MS = 500;

/** How long one beat proves the connection. With the time it takes to be heard, less than the two seconds promised. */
export const PROVED_FOR_MS = 1_500;

/** A listener that is connected and hears nothing for so long is replaced. */
const DEAD_AFTER_MS = 3_000;

/** How long nothing is published where Redis has refused that: somebody has to change its rules first. */
const REFUSED_FOR_MS = 60_000;

export interface AnnouncementListener {
  /** Something was ended or changed, by whichever gate. */
  readonly changed: (change: Change) => void;
  /** Announcements may have been missed. */
  readonly missed: () => void;
}

/**
 * Hears what was ended or changed. The scripts that do so announce it, so what was announced before a beat was
 * sent has been heard when the beat is: both come over one connection, in order.
 */
export class Announcements {
  readonly #redis: RedisConnection;
  readonly #channel: string;
  readonly #client: RedisLike;
  readonly #logger: Logger;
  readonly #listener: AnnouncementListener;
  readonly #timer: NodeJS.Timeout;
  readonly #beats = new Map<string, Milliseconds>();
  #provedUntil: Milliseconds = 0;
  #beatsUntilReplaced = Infinity;
  #isSubscribed = false;
  #isTold = false;

  constructor(
    handedIn: RedisLike,
    redis: RedisConnection,
    { channel, logger, ...listener }: AnnouncementListener & { readonly channel: string; readonly logger: Logger },
  ) {
    this.#redis = redis;
    this.#channel = channel;
    this.#logger = logger;
    this.#listener = listener;
    this.#client = ownConnection(handedIn, { autoResubscribe: false });
    this.#client.on('error', () => undefined); // the connection for commands reports
    this.#client.on('close', () => this.#startOver());
    this.#client.on('connect', () => this.#replaceAfter(DEAD_AFTER_MS));
    this.#client.on('ready', () => void this.#subscribe());
    this.#client.on('message', (_channel, message) => this.#hear(message));
    this.#timer = setInterval(() => void this.#tick(), BEAT_EVERY_MS).unref();
  }

  /** Checks whether everything that was announced until `PROVED_FOR_MS` ago has been heard. */
  readonly isProved = (): boolean => performance.now() < this.#provedUntil;

  close(): void {
    clearInterval(this.#timer);
    this.#startOver();
    this.#client.disconnect();
  }

  async #subscribe(): Promise<void> {
    this.#startOver();
    try {
      await this.#client.call('subscribe', this.#channel);
      this.#isSubscribed = true;
      await this.#beat();
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('NOPERM')) this.#sawRefusal(DEAD_AFTER_MS); // else `ready` comes again
    }
  }

  /** Counts beats and no time: a process that computes for seconds has not listened, which says nothing of its listener. */
  async #tick(): Promise<void> {
    this.#beatsUntilReplaced -= 1;
    // One whose connection was taken and is never answered is as dead as one that has gone silent.
    if (this.#beatsUntilReplaced <= 0) this.#replace();
    await this.#beat();
  }

  async #beat(): Promise<void> {
    if (!this.#isSubscribed) return;
    const message = randomUUID(); // nobody else can send it beforehand
    this.#beats.set(message, performance.now());
    try {
      await this.#redis.command('publish', this.#channel, message);
    } catch (error) {
      this.#beats.delete(message);
      if (error instanceof StoreUnavailableError && error.reason === 'NOPERM') this.#sawRefusal(REFUSED_FOR_MS);
      else this.#replaceAfter(DEAD_AFTER_MS); // nothing was sent, so that nothing was heard says nothing
    }
  }

  #hear(message: unknown): void {
    if (typeof message !== 'string') return;
    const change = readChange(message);
    if (change !== undefined) {
      this.#listener.changed(change);
      return;
    }
    const sentAt = this.#beats.get(message);
    if (sentAt === undefined || !this.#isSubscribed) return;
    for (const beat of this.#beats.keys()) {
      this.#beats.delete(beat); // this one proves earlier ones, too
      if (beat === message) break;
    }
    this.#replaceAfter(DEAD_AFTER_MS);
    if (!this.isProved()) this.#listener.missed();
    this.#provedUntil = sentAt + PROVED_FOR_MS;
    this.#isTold = false;
  }

  /** Nothing is known of what was announced until a beat is heard again. */
  #startOver(): void {
    this.#isSubscribed = false;
    this.#provedUntil = 0;
    this.#beats.clear();
    this.#listener.missed();
  }

  #replaceAfter(delay: Milliseconds): void {
    this.#beatsUntilReplaced = Math.ceil(delay / BEAT_EVERY_MS);
  }

  #replace(): void {
    if (this.#client.status !== 'connect' && this.#client.status !== 'ready') return;
    this.#tell('The listener of changes hears nothing, so nothing is cached: it is connected anew');
    this.#replaceAfter(DEAD_AFTER_MS);
    this.#startOver();
    reconnect(this.#client);
  }

  #sawRefusal(askAgainAfter: Milliseconds): void {
    this.#startOver();
    this.#replaceAfter(askAgainAfter);
    this.#tell(
      'Redis does not let this user use the channel of changes, so nothing is cached and revocations are answered 503: allow the channel (&<prefix>changes) and PUBLISH and SUBSCRIBE, or set cache to false in all gates',
    );
  }

  /** Once, until it hears again. */
  #tell(message: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#logger.error({ store: 'redis', channel: this.#channel }, message);
  }
}
