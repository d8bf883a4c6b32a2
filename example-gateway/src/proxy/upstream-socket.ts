import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { errorCode } from '../error-code';
import { ContinueSkipping } from './continue-skipping';

/** The address of a server. */
export interface ServerAddress {
  readonly isSecure: boolean;
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Codes of a write to a connection that the other side has closed. */
const CLOSED = new Set(['EPIPE', 'ECONNRESET']);

/**
 * Keeps a socket open if a write fails because the other side has closed, until it has been read to its end. Node would
 * destroy it, and with it a response that the server sent before it closed, such as 413 to a large upload.
 */
const readBeforeFailing = (socket: Socket): void => {
  type Callback = (error?: Error | null) => void;
  const unlessClosed =
    (callback: Callback): Callback =>
    (error) => {
      if (error === undefined || error === null || !CLOSED.has(errorCode(error))) callback(error);
    };
  const write = socket['_write'].bind(socket);
  const writev = socket['_writev']?.bind(socket);
  const overridden: Pick<Socket, '_write' | '_writev'> = {
    _write: (chunk, encoding, callback) => write(chunk, encoding, unlessClosed(callback)),
    _writev: (chunks, callback) => writev?.(chunks, unlessClosed(callback)),
  };
  Object.assign(socket, overridden);
};

export interface OpenOptions {
  /** Called once, with the error if the connection cannot be opened. */
  readonly onOpen: (error: Error | undefined) => void;
  /**
   * Called if an open connection breaks, before undici, which takes a reset for the end of a body that has no other end.
   */
  readonly onBroken: (error: Error) => void;
  /** Checks whether a request has been sent, and no byte of its response has been read. */
  readonly isHeadAwaited: () => boolean;
  /** Checks whether no more of a body can be taken yet. */
  readonly isPaused: () => boolean;
}

/**
 * Gives undici nothing to read while no more of a body can be taken, and skips `100 Continue` in front of a response: some
 * servers send it to every body, and undici refuses it.
 */
const controlReading = (socket: Socket, { isHeadAwaited, isPaused }: OpenOptions): void => {
  const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
  const skipping = new ContinueSkipping();
  const overridden: Pick<Socket, 'read'> = {
    read: (size) => {
      if (size !== 0 && isPaused()) return null; // 0 fills the buffer of the socket
      const bytes = read(size);
      return bytes !== null && isHeadAwaited() ? skipping.rest(bytes) : bytes;
    },
  };
  Object.assign(socket, overridden);
};

/** Opens connections to one server. TLS sessions are resumed. */
export class SocketOpener {
  readonly #address: ServerAddress;
  #session: Buffer | undefined;

  constructor(address: ServerAddress) {
    this.#address = address;
  }

  /** Begins to connect, for requests of undici. */
  open(options: OpenOptions): Socket {
    const { onOpen, onBroken } = options;
    const socket = this.connect((error) => {
      if (error === undefined) socket.on('error', onBroken);
      onOpen(error);
    });
    readBeforeFailing(socket);
    controlReading(socket, options);
    return socket;
  }

  /** Begins to connect. @param onOpen called once, with the error if the connection cannot be opened */
  connect(onOpen: (error: Error | undefined) => void): Socket {
    const { isSecure, host, port } = this.#address;
    const socket = isSecure ? this.#openTls() : connectTcp({ host, port });
    const onError = (error: Error): void => onOpen(error);
    socket.setNoDelay(true);
    socket.once('error', onError);
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      socket.off('error', onError);
      onOpen(undefined);
    });
    return socket;
  }

  #openTls(): Socket {
    const { host, port } = this.#address;
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const session = this.#session === undefined ? {} : { session: this.#session };
    const socket = connectTls({ host, port, ALPNProtocols: ['http/1.1'], ...servername, ...session });
    return socket.on('session', (offered) => {
      this.#session = offered;
    });
  }
}
