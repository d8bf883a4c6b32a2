import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The name of the primary. */
export const PRIMARY_NAME = 'mymaster';

const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
const list = (...items: readonly string[]): string => `*${items.length}\r\n${items.join('')}`;

/** Reads the commands in a piece of the protocol. A command that is split into two pieces is not expected here. */
const readCommands = (text: string): readonly (readonly string[])[] =>
  text
    .split(/^\*\d+\r\n/m)
    .filter((command) => command !== '')
    .map((command) => command.split('\r\n').filter((_line, index) => index % 2 === 1));

/** A Sentinel whose replies and events the test scripts. It speaks the protocol over real sockets. */
export class ScriptedSentinel {
  /** The port of the primary that it names. */
  primary: number;
  /** True while it receives commands and replies to none. */
  isSilent = false;
  /** True while it does not permit to receive its events. */
  refusesEvents = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #subscribers = new Set<Socket>();
  #subscriptions = 0;

  private constructor(server: Server, primary: number) {
    this.#server = server;
    this.primary = primary;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        this.#subscribers.delete(socket);
      });
      socket.on('data', (bytes) => this.#onData(socket, bytes.toString()));
    });
  }

  /** Starts one that names the server at this port. */
  static async start(primary: number): Promise<ScriptedSentinel> {
    const server = createServer();
    const sentinel = new ScriptedSentinel(server, primary);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    started.push(sentinel);
    return sentinel;
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  /** The number of connections that receive events. */
  get subscribers(): number {
    return this.#subscribers.size;
  }

  /** The number of subscriptions so far. */
  get subscriptions(): number {
    return this.#subscriptions;
  }

  /** Reports an event. */
  report(channel: string, message: string): void {
    for (const socket of this.#subscribers) socket.write(list(bulk('message'), bulk(channel), bulk(message)));
  }

  /** Reports that a replica was selected that shall replace the primary. */
  reportSelected(replica: number, primary: number): void {
    const master = `${PRIMARY_NAME} 127.0.0.1 ${primary}`;
    this.report('+selected-slave', `slave 127.0.0.1:${replica} 127.0.0.1 ${replica} @ ${master}`);
  }

  /** Reports a new primary. */
  reportSwitched(former: number, next: number): void {
    this.report('+switch-master', `${PRIMARY_NAME} 127.0.0.1 ${former} 127.0.0.1 ${next}`);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #onData(socket: Socket, text: string): void {
    if (this.isSilent) return;
    for (const [name = '', ...args] of readCommands(text)) socket.write(this.#reply(socket, name.toLowerCase(), args));
  }

  #reply(socket: Socket, name: string, [first = '', ...others]: readonly string[]): string {
    if (name === 'sentinel' && first.toLowerCase() === 'get-master-addr-by-name')
      return list(bulk('127.0.0.1'), bulk(String(this.primary)));
    if (name === 'sentinel') return list();
    if (name === 'ping') return this.#subscribers.has(socket) ? list(bulk('pong'), bulk('')) : '+PONG\r\n';
    if (name === 'subscribe' && this.refusesEvents) return '-NOPERM No permissions to access a channel\r\n';
    if (name !== 'subscribe') return `-ERR unknown command '${name.toUpperCase()}'\r\n`;
    this.#subscribers.add(socket);
    this.#subscriptions += 1;
    return [first, ...others]
      .map((channel, index) => list(bulk('subscribe'), bulk(channel), `:${index + 1}\r\n`))
      .join('');
  }
}

const started: ScriptedSentinel[] = [];

afterAll(() => {
  for (const sentinel of started) sentinel.close();
});
