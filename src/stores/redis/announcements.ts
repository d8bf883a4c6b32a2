import type { Logger } from '../../events/logger';
import { StoreUnavailableError } from '../../protocol/errors';
import type { Milliseconds, Seconds } from '../../protocol/time';
import type { ChangeFeed, ChangeListener } from '../change-feed';
import { readAnnouncement } from './announcement';
import { Beats, PROVED_FOR_MS } from './beats';
import type { RedisConnection } from './connection';
import type { Failovers } from './failovers';
import { isCluster, ownConnection, reconnect } from './own-connection';
import type { RedisLike } from './redis-like';

const BEAT_EVERY_MS = 500;

/** Time without a beat after which a connected subscriber is replaced by a new connection. */
const DEAD_AFTER_MS = 3_000;

/** Time for which nothing is published after Redis has refused PUBLISH: an operator has to change its ACL first. */
const REFUSED_FOR_MS = 60_000;

export interface AnnouncementsOptions {
  readonly channel: string;
  readonly failovers: Failovers;
  readonly logger: Logger;
}

/**
 * Receives announcements of what was ended or changed, which the scripts that end or change something publish. Beats
 * prove that none was missed.
 */
export class Announcements implements ChangeFeed {
  readonly maxAge: Seconds;
  readonly isCoherent: () => boolean;
  readonly receivedUntil: () => Milliseconds;
  readonly #redis: RedisConnection;
  readonly #channel: string;
  readonly #client: RedisLike;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  readonly #beats = new Beats();
  #listener: ChangeListener | undefined;
  #beatsUntilReplaced = Infinity;
  #isSubscribed = false;
  #isLogged = false;

  constructor(hostClient: RedisLike, redis: RedisConnection, { channel, failovers, logger }: AnnouncementsOptions) {
    this.#redis = redis;
    this.#channel = channel;
    this.#logger = logger;
    this.isCoherent = this.#beats.isProved;
    // A Cluster client moves its subscriber to another node without notice, and the nodes forward announcements in no
    // common order. There, a beat does not prove coherence, so the maximum age bounds staleness instead.
    this.maxAge = isCluster(hostClient) ? PROVED_FOR_MS / 1000 : Infinity;
    this.receivedUntil = isCluster(hostClient) ? () => -Infinity : this.#beats.receivedUntil;
    this.#client = ownConnection(hostClient, { autoResubscribe: false });
    failovers.followSubscriber(this.#client);
    this.#client.on('error', () => undefined); // the connection for commands reports outages
    this.#client.on('close', () => this.#startOver());
    this.#client.on('connect', () => this.#replaceAfter(DEAD_AFTER_MS));
    this.#client.on('ready', () => void this.#subscribe());
    this.#client.on('message', (_channel, message) => this.#onMessage(message));
    this.#timer = setInterval(() => void this.#tick(), BEAT_EVERY_MS).unref();
  }

  listen(listener: ChangeListener): void {
    this.#listener = listener;
  }

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
      if (error instanceof Error && error.message.startsWith('NOPERM')) this.#onRefusal(DEAD_AFTER_MS);
    }
  }

  /** Counts beats, not time: a process that computes for seconds reads nothing, although its subscriber is alive. */
  async #tick(): Promise<void> {
    this.#beatsUntilReplaced -= 1;
    // A connection that was accepted but never receives anything is as dead as one that has become silent.
    if (this.#beatsUntilReplaced <= 0) this.#replace();
    await this.#beat();
  }

  async #beat(): Promise<void> {
    if (!this.#isSubscribed) return;
    const message = this.#beats.begin();
    try {
      await this.#redis.command('publish', this.#channel, message);
    } catch (error) {
      this.#beats.cancel(message);
      if (error instanceof StoreUnavailableError && error.reason === 'NOPERM') this.#onRefusal(REFUSED_FOR_MS);
      else this.#replaceAfter(DEAD_AFTER_MS); // nothing was sent, so receiving nothing proves nothing
    }
  }

  #onMessage(message: unknown): void {
    if (typeof message !== 'string') return;
    const change = readAnnouncement(message);
    if (change !== undefined) {
      this.#listener?.onChange(change);
      return;
    }
    const wasProved = this.#beats.isProved();
    if (!this.#isSubscribed || !this.#beats.receive(message)) return;
    this.#replaceAfter(DEAD_AFTER_MS);
    if (!wasProved) this.#listener?.onMissed();
    this.#isLogged = false;
  }

  /** Discards the proof: until the next beat is received, announcements may have been missed. */
  #startOver(): void {
    this.#isSubscribed = false;
    this.#beats.discard();
    this.#listener?.onMissed();
  }

  #replaceAfter(delay: Milliseconds): void {
    this.#beatsUntilReplaced = Math.ceil(delay / BEAT_EVERY_MS);
  }

  #replace(): void {
    if (this.#client.status !== 'connect' && this.#client.status !== 'ready') return;
    this.#logOnce('The connection for changes receives nothing, so nothing is cached: a new connection is opened');
    this.#replaceAfter(DEAD_AFTER_MS);
    this.#startOver();
    reconnect(this.#client);
  }

  #onRefusal(retryAfter: Milliseconds): void {
    this.#startOver();
    this.#replaceAfter(retryAfter);
    this.#logOnce(
      'Redis does not permit this user to use the channel of changes, so nothing is cached and revocations get a 503 response: allow the channel (&<prefix>changes) and PUBLISH and SUBSCRIBE, or set cache to false in all gates',
    );
  }

  /** Logs an error once, until the next beat is received. */
  #logOnce(message: string): void {
    if (this.#isLogged) return;
    this.#isLogged = true;
    this.#logger.error({ store: 'redis', channel: this.#channel }, message);
  }
}
