import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { SeededRandom } from '../properties/seeded-random';

/** Which connections: those that have subscribed to a channel, those that have not, or all. */
export type Which = 'all' | 'listeners' | 'others';

/** Towards the server, back from it, or both. */
export type Direction = 'up' | 'down' | 'both';

export interface Slowness {
  readonly of?: Which;
  readonly direction?: Direction;
  readonly delayMs?: number;
  /** Comes on top of the delay, by chance up to this much. Nothing is put out of order by it. */
  readonly jitterMs?: number;
  /** For each direction. A faster sender has to wait, as on a real line. */
  readonly bytesPerSecond?: number;
}

/** Bytes in transit that are being held back, with all that follow them on their connection. */
export interface Held {
  /** Resolves when it has reached the proxy: a command from the client, or a reply that Redis has sent already. */
  readonly arrived: Promise<void>;
  letGo(): void;
}

/** A proxy of a Redis server that can delay, lose or refuse. Nothing is ever put out of order on a connection, as in TCP. */
export interface FaultProxy {
  readonly url: string;
  /** How many connections there have been. */
  readonly accepted: () => number;
  /** Resets connections at both ends. @returns how many */
  cut(which?: Which): number;
  /** New connections are reset immediately. */
  refuse(): void;
  accept(): void;
  /** Bytes get no further, and nothing is closed. A connection that has lost some stays dead in that direction. */
  swallow(which?: Which, direction?: Direction): void;
  slow(slowness: Slowness): void;
  /** From now on no bytes are lost or delayed, and waiting ones go through. A connection that lost bytes stays dead. */
  heal(): void;
  /** Keeps back the next command that has this text in it, or the answer to it. */
  hold(what: 'command' | 'answer', text: string): Held;
  /** New connections lead to another server. */
  leadTo(url: string): void;
  /** Resets all connections and listens no more. */
  close(): Promise<void>;
}

const SUBSCRIBES = /\$9\r\nsubscribe\r\n/i;
const MAX_WAITING_BYTES = 64 * 1024;

const jitter = new SeededRandom();

interface Faults {
  swallows: boolean;
  slowness: Slowness;
}

const NO_FAULTS: Faults = { swallows: false, slowness: {} };

interface Piece {
  readonly bytes: Buffer;
  due: number;
}

/** One direction of a connection. */
class Lane {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #faults: () => Faults;
  readonly #waiting: Piece[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #isHeld = false;
  #isDead = false;
  #hasEnded = false;
  #lastDue = 0;

  constructor(source: Socket, sink: Socket, faults: () => Faults) {
    this.#source = source;
    this.#sink = sink;
    this.#faults = faults;
    // What was sent before an end arrives before it, however late, as on a real connection.
    source.on('close', () => {
      this.#hasEnded = true;
      this.#pump();
    });
  }

  hold(): void {
    this.#isHeld = true;
  }

  letGo(): void {
    this.#isHeld = false;
    this.#pump();
  }

  /** Delivers delayed bytes immediately. */
  hurry(): void {
    this.#lastDue = 0;
    for (const piece of this.#waiting) piece.due = 0;
    this.#pump();
  }

  push(bytes: Buffer): void {
    const { swallows, slowness } = this.#faults();
    this.#isDead ||= swallows;
    if (this.#isDead) return;
    const { delayMs = 0, jitterMs = 0, bytesPerSecond } = slowness;
    const arrival = performance.now() + delayMs + jitter.next() * jitterMs;
    const size = bytesPerSecond === undefined ? bytes.length : Math.max(1, Math.ceil(bytesPerSecond / 20));
    for (let at = 0; at < bytes.length; at += size) {
      const slice = bytes.subarray(at, at + size);
      const takes = bytesPerSecond === undefined ? 0 : (slice.length / bytesPerSecond) * 1_000;
      this.#lastDue = Math.max(arrival, this.#lastDue + takes);
      this.#waiting.push({ bytes: slice, due: this.#lastDue });
      this.#waitingBytes += slice.length;
    }
    // A thin line makes its sender wait; a long one holds whatever is on it.
    if (bytesPerSecond !== undefined && this.#waitingBytes > MAX_WAITING_BYTES) this.#source.pause();
    this.#pump();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting.splice(0);
  }

  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#isHeld) return;
    const now = performance.now();
    for (let next = this.#waiting[0]; next !== undefined && next.due <= now; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#waitingBytes -= next.bytes.length;
      this.#sink.write(next.bytes);
    }
    const [next] = this.#waiting;
    if (next !== undefined) this.#timer = setTimeout(() => this.#pump(), Math.max(1, next.due - now)).unref();
    else if (this.#hasEnded && !this.#isDead) this.#sink.end();
    if (this.#waitingBytes <= MAX_WAITING_BYTES && this.#source.isPaused()) this.#source.resume();
  }
}

interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  readonly up: Lane;
  readonly down: Lane;
  listens: boolean;
}

interface Hold {
  readonly what: 'command' | 'answer';
  readonly text: string;
  readonly arrived: () => void;
  lane: Lane | undefined;
  isOver: boolean;
}

const concerns = (which: Which, { listens }: Pick<Connection, 'listens'>): boolean =>
  which === 'all' || (which === 'listeners') === listens;

/** Proxies the server at this URL, which must have a port, until it is closed. */
export const openFaultProxy = async (url: string): Promise<FaultProxy> => {
  const connections = new Set<Connection>();
  const holds: Hold[] = [];
  let target = new URL(url);
  let accepted = 0;
  let refuses = false;
  let swallowed: { readonly which: Which; readonly direction: Direction } | undefined;
  let slowness: Slowness | undefined;

  const faultsOf = (connection: Pick<Connection, 'listens'>, way: Direction): Faults => {
    const meets = (which: Which, direction: Direction): boolean =>
      (direction === 'both' || direction === way) && concerns(which, connection);
    if (swallowed === undefined && slowness === undefined) return NO_FAULTS;
    return {
      swallows: swallowed !== undefined && meets(swallowed.which, swallowed.direction),
      slowness: slowness !== undefined && meets(slowness.of ?? 'all', slowness.direction ?? 'both') ? slowness : {},
    };
  };

  const pass = (client: Socket): void => {
    const server = connect(Number(target.port), target.hostname);
    client.setNoDelay(true);
    server.setNoDelay(true);
    const connection: Connection = {
      client,
      server,
      up: new Lane(client, server, () => faultsOf(connection, 'up')),
      down: new Lane(server, client, () => faultsOf(connection, 'down')),
      listens: false,
    };
    connections.add(connection);
    const awaited: Hold[] = [];
    client.on('data', (bytes: Buffer) => {
      connection.listens ||= SUBSCRIBES.test(bytes.toString('latin1'));
      const next = holds.findIndex(({ text }) => bytes.includes(text));
      const [hold] = next === -1 ? [] : holds.splice(next, 1);
      if (hold !== undefined && !hold.isOver) {
        hold.lane = hold.what === 'command' ? connection.up : connection.down;
        hold.lane.hold();
        if (hold.what === 'answer') awaited.push(hold);
        else hold.arrived();
      }
      connection.up.push(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      connection.down.push(bytes);
      for (const { arrived } of awaited.splice(0)) arrived();
    });
    const remove = (): void => {
      if (client.destroyed && server.destroyed) connections.delete(connection);
    };
    for (const socket of [client, server]) socket.on('error', () => undefined).on('close', remove);
  };

  const listener = createServer((client) => {
    accepted += 1;
    if (refuses) client.on('error', () => undefined).resetAndDestroy();
    else pass(client);
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });

  const cut = (which: Which = 'all'): number => {
    const chosen = [...connections].filter((connection) => concerns(which, connection));
    for (const { client, server, up, down } of chosen) {
      up.stop();
      down.stop();
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
    return chosen.length;
  };
  return {
    url: `redis://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    accepted: () => accepted,
    cut,
    refuse: () => {
      refuses = true;
    },
    accept: () => {
      refuses = false;
    },
    swallow: (which = 'all', direction = 'both') => {
      swallowed = { which, direction };
    },
    slow: (change) => {
      slowness = change;
    },
    heal: () => {
      swallowed = undefined;
      slowness = undefined;
      for (const { up, down } of connections) {
        up.hurry();
        down.hurry();
      }
    },
    hold: (what, text) => {
      let arrived = (): void => undefined;
      const whenArrived = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      const hold: Hold = { what, text, arrived, lane: undefined, isOver: false };
      holds.push(hold);
      return {
        arrived: whenArrived,
        letGo: () => {
          hold.isOver = true;
          hold.lane?.letGo();
        },
      };
    },
    leadTo: (other) => {
      target = new URL(other);
    },
    close: async () => {
      cut();
      await new Promise((resolve) => {
        listener.close(resolve);
      });
    },
  };
};
