import { randomUUID } from 'node:crypto';
import type { Logger } from '../../events/logger';
import type { RedisLike } from './redis-like';
import { StoreUnavailableError } from '../../protocol/errors';
import type { Milliseconds } from '../../protocol/time';
import { readChange, type Change } from './changes';
import type { RedisConnection } from './connection';
import { ownConnection, reconnect } from './own-connection';

const BEAT_EVERY_MS = 500;

/**
 * Time for which a beat proves coherence. Together with the time that a beat takes to arrive, it is less than the two
 * seconds promised.
 */
export const PROVED_FOR_MS = 1_500;

/** Time without a beat after which a connected listener is connected anew. */
const DEAD_AFTER_MS = 3_000;

/** Time for which nothing is published after Redis has refused PUBLISH: an operator has to change its ACL first. */
const REFUSED_FOR_MS = 60_000;

export interface AnnouncementListener {
  /** Called when any gate, this one included, has ended or changed something. */
  readonly changed: (change: Change) => void;
  /** Called when announcements may have been missed. */
  readonly missed: () => void;
}

/**
 * Receives announcements of what was ended or changed, which the scripts that end or change something publish. All that
 * was announced before a beat was sent is received before the beat is: both arrive over one connection, in order.
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
    this.#client.on('error', () => undefined); // the connection for commands reports outages
    this.#client.on('close', () => this.#startOver());
    this.#client.on('connect', () => this.#replaceAfter(DEAD_AFTER_MS));
    this.#client.on('ready', () => void this.#subscribe());
    this.#client.on('message', (_channel, message) => this.#hear(message));
    this.#timer = setInterval(() => void this.#tick(), BEAT_EVERY_MS).unref();
  }

  /** Checks whether every announcement up to `PROVED_FOR_MS` ago has been received. */
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
      // After any other failure, the client emits `ready` again.
      if (error instanceof Error && error.message.startsWith('NOPERM')) this.#sawRefusal(DEAD_AFTER_MS);
    }
  }

  /** Counts beats, not time: if the process computes for seconds it reads nothing, though the listener is not dead. */
  async #tick(): Promise<void> {
    this.#beatsUntilReplaced -= 1;
    // A connection that was accepted but is never answered is as dead as one that has become silent.
    if (this.#beatsUntilReplaced <= 0) this.#replace();
    await this.#beat();
  }

  async #beat(): Promise<void> {
    if (!this.#isSubscribed) return;
    const message = randomUUID(); // cannot be guessed, so no other client can send it beforehand
    this.#beats.set(message, performance.now());
    try {
      await this.#redis.command('publish', this.#channel, message);
    } catch (error) {
      this.#beats.delete(message);
      if (error instanceof StoreUnavailableError && error.reason === 'NOPERM') this.#sawRefusal(REFUSED_FOR_MS);
      else this.#replaceAfter(DEAD_AFTER_MS); // nothing was sent, so receiving nothing proves nothing
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
      this.#beats.delete(beat); // this beat also proves earlier ones
      if (beat === message) break;
    }
    this.#replaceAfter(DEAD_AFTER_MS);
    if (!this.isProved()) this.#listener.missed();
    this.#provedUntil = sentAt + PROVED_FOR_MS;
    this.#isTold = false;
  }

  /** Discards the proof: until the next beat is received, announcements may have been missed. */
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

  /** Logs an error once, until the next beat is received. */
  #tell(message: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#logger.error({ store: 'redis', channel: this.#channel }, message);
  }
}
