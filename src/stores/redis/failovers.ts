import type { Logger } from '../../events/logger';
import { FormerPrimary, type ServerAddress } from './former-primary';
import type { RedisLike } from './redis-like';
import { SentinelEvents } from './sentinel-events';
import { sentinelConnections, sentinelOptionsOf } from './sentinel-options';

const CHECK_EVERY_MS = 1_000;

/** The events that concern a change of the primary. */
const SELECTED = '+selected-slave';
const GIVEN_UP = '-failover-abort-slave-timeout';
const SWITCHED = '+switch-master';

/**
 * Follows the failovers of Sentinel, and moves the gate's connections to the new primary. Otherwise, in a planned failover,
 * the former primary would keep them and accept changes that are lost, until Sentinel demotes it.
 */
export class Failovers {
  readonly #logger: Logger;
  readonly #name: string | undefined;
  readonly #sentinels: readonly SentinelEvents[];
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #commands: FormerPrimary[] = [];
  readonly #subscribers: FormerPrimary[] = [];
  #logged = '';

  /** @param hostClient without Sentinels in its options there are no failovers to follow */
  constructor(hostClient: RedisLike, logger: Logger) {
    this.#logger = logger;
    const options = sentinelOptionsOf(hostClient);
    this.#name = options?.name;
    const listener = {
      onEvent: (channel: string, message: string) => this.#onEvent(channel, message),
      onRefused: () => this.#onRefused(),
    };
    this.#sentinels = (options === undefined ? [] : sentinelConnections(options)).map(
      (changes) => new SentinelEvents(hostClient, changes, [SELECTED, GIVEN_UP, SWITCHED], listener),
    );
    if (this.#sentinels.length > 0) this.#timer = setInterval(() => this.#check(), CHECK_EVERY_MS).unref();
  }

  /** Moves a connection for commands. It leaves the primary before a replica is promoted, so that no change is lost. */
  followCommands(client: RedisLike): void {
    this.#commands.push(new FormerPrimary(client));
  }

  /** Moves a connection that receives changes. It leaves the primary when the new one is announced, because it changes nothing. */
  followSubscriber(client: RedisLike): void {
    this.#subscribers.push(new FormerPrimary(client));
  }

  close(): void {
    clearInterval(this.#timer);
    for (const sentinel of this.#sentinels) sentinel.close();
  }

  #check(): void {
    for (const sentinel of this.#sentinels) sentinel.check();
  }

  #onEvent(channel: string, message: string): void {
    const words = message.split(' ');
    if (channel === SWITCHED) this.#onSwitched(words);
    if (channel === SELECTED) this.#onSelected(words);
    if (channel === GIVEN_UP && words[1] === this.#name) for (const former of this.#commands) former.stay();
  }

  /** @param words `slave <replica> <host> <port> @ <name> <host of the primary> <port of the primary>` */
  #onSelected([, , , , , name, host, port]: readonly string[]): void {
    if (name !== this.#name) return;
    const address: ServerAddress = `${host}:${port}`;
    this.#logOnce(`${address} selected`, () =>
      this.#logger.warn(
        { store: 'redis', primary: address },
        'Sentinel is replacing the primary: requests that need Redis are answered with 503 until it announces the new one',
      ),
    );
    for (const former of this.#commands) former.leave(address);
  }

  /** @param words `<name> <former host> <former port> <new host> <new port>` */
  #onSwitched([name, formerHost, formerPort, host, port]: readonly string[]): void {
    if (name !== this.#name) return;
    const [former, next]: readonly ServerAddress[] = [`${formerHost}:${formerPort}`, `${host}:${port}`];
    this.#logOnce(`${former} ${next}`, () =>
      this.#logger.info({ store: 'redis', former, primary: next }, 'Sentinel has announced a new primary'),
    );
    for (const connection of [...this.#commands, ...this.#subscribers])
      connection.leave(`${formerHost}:${formerPort}`, next);
  }

  #onRefused(): void {
    this.#logOnce('refused', () =>
      this.#logger.error(
        { store: 'redis', reason: 'NOPERM' },
        `A Sentinel does not permit the gate's user to receive its events, so changes are lost in a planned failover: permit SUBSCRIBE, PING and the channels ${SELECTED}, ${GIVEN_UP} and ${SWITCHED}`,
      ),
    );
  }

  /** Logs what several Sentinels report only once. */
  #logOnce(line: string, log: () => void): void {
    if (this.#logged === line) return;
    this.#logged = line;
    log();
  }
}
