import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** The address of a server. */
export interface ServerAddress {
  readonly isSecure: boolean;
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Opens connections to one server. TLS sessions are resumed. */
export class SocketOpener {
  readonly #address: ServerAddress;
  #session: Buffer | undefined;

  constructor(address: ServerAddress) {
    this.#address = address;
  }

  /** Begins to connect. @param onOpen called once, with the error if that fails */
  open(onOpen: (error: Error | undefined) => void): Socket {
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
