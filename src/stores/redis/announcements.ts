import { randomUUID } from 'node:crypto';
import type { Logger } from '../../events/logger';
import type { RedisLike } from '../../options/redis-like';
import { isGrantId, type GrantId } from '../../protocol/secrets';
import type { Milliseconds } from '../../protocol/time';
import type { RedisConnection } from './connection';
import { ownConnection } from './own-connection';

const BEAT_EVERY_MS = 500;

/** How long one beat proves the connection. With the time it takes to be heard, less than the two seconds promised. */
const PROVED_FOR_MS = 1_500;

/** A listener that hears nothing for so long while Redis answers is replaced. */
const DEAD_AFTER_MS = 3_000;

export interface AnnouncementListener {
  /** A grant was ended or changed, by whichever gate. */
  readonly changed: (grantId: GrantId) => void;
  /** Announcements may have been missed. */
  readonly missed: () => void;
}

/**
 * Hears which grants were ended or changed. The scripts that do so announce it, so what was announced before a beat was
 * sent has been heard when the beat is: both come over one connection, in order.
 */
export class Announcements {
  readonly #redis: RedisConnection;
  readonly #channel: string;
  readonly #client: RedisLike;
  readonly #logger: Logger;
  readonly #listener: AnnouncementListener;
  readonly #timer: NodeJS.Timeout;
  readonly #name = `beat ${randomUUID()} `;
  readonly #beats = new Map<string, Milliseconds>();
  #count = 0;
  #provedUntil: Milliseconds = 0;
  #lastHeard: Milliseconds = performance.now();
  #isSubscribed = false;

  constructor(
    handedIn: RedisLike,
    redis: RedisConnection,
    { channel, logger, ...listener }: AnnouncementListener & { readonly channel: string; readonly logger: Logger },
  ) {
    this.#redis = redis;
    this.#channel = channel;
    this.#logger = logger;
    this.#listener = listener;
    this.#client = ownConnection(handedIn, { enableAutoPipelining: false, autoResubscribe: false });
    this.#client.on('error', () => undefined); // the connection for commands reports
    this.#client.on('close', () => this.#doubt());
    this.#client.on('ready', () => void this.#subscribe());
    this.#client.on('message', (_channel, message) => this.#hear(message));
    this.#timer = setInterval(() => void this.#beat(), BEAT_EVERY_MS).unref();
  }

  /** Whether everything that was announced until two seconds ago at the latest has been heard. */
  readonly isProved = (): boolean => performance.now() < this.#provedUntil;

  close(): void {
    clearInterval(this.#timer);
    this.#doubt();
    this.#client.disconnect();
  }

  async #subscribe(): Promise<void> {
    this.#doubt();
    try {
      await this.#client.call('subscribe', this.#channel);
      this.#isSubscribed = true;
      this.#lastHeard = performance.now();
      await this.#beat();
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOPERM')) return; // it is away: `ready` comes again
      this.#logger.error(
        { store: 'redis', channel: this.#channel },
        'Redis does not let this user use the channel of changes, so nothing is cached and revocations are answered 503: allow the channel (&<prefix>changes), or set cache to false in all gates',
      );
    }
  }

  async #beat(): Promise<void> {
    if (!this.#isSubscribed) return;
    const now = performance.now();
    if (now - this.#lastHeard > DEAD_AFTER_MS) {
      this.#lastHeard = now;
      this.#doubt();
      this.#client.disconnect(true);
      return;
    }
    this.#count += 1;
    const message = this.#name + String(this.#count);
    this.#beats.set(message, now);
    try {
      await this.#redis.command('publish', this.#channel, message);
    } catch {
      this.#lastHeard = performance.now(); // nothing was sent, so that nothing was heard says nothing
    }
  }

  #hear(message: unknown): void {
    if (typeof message !== 'string') return;
    if (isGrantId(message)) {
      this.#listener.changed(message);
      return;
    }
    const sentAt = this.#beats.get(message);
    if (sentAt === undefined || !this.#isSubscribed) return;
    this.#beats.clear(); // earlier ones are told by this one
    const now = performance.now();
    this.#lastHeard = now;
    if (now >= this.#provedUntil) this.#listener.missed();
    this.#provedUntil = sentAt + PROVED_FOR_MS;
  }

  #doubt(): void {
    this.#isSubscribed = false;
    this.#provedUntil = 0;
    this.#beats.clear();
    this.#listener.missed();
  }
}
