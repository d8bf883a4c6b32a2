import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { acceptOf } from '../../src/websocket/accept';

const open = new Set<() => void>();

afterAll(() => {
  for (const close of open) close();
  open.clear();
});

/** A connection that an upstream has switched to WebSocket. */
export interface UpstreamSide {
  readonly handshake: IncomingMessage;
  readonly socket: Socket;
  /** All bytes of the gateway after the handshake. */
  received(): Buffer;
  receivedLength(): number;
  isEnded(): boolean;
}

export interface WebSocketUpstream {
  readonly url: string;
  readonly sides: readonly UpstreamSide[];
  /** The last connection. @throws if there is none */
  last(): UpstreamSide;
  /** Stops listening and destroys all connections. */
  close(): void;
}

/** What an upstream answers a handshake with, as header lines after the status line; and bytes behind them. */
export interface Acceptance {
  readonly lines?: readonly string[];
  readonly behind?: Uint8Array;
  /** True if the test itself answers. */
  readonly isHeld?: boolean;
}

/** The lines of a right 101. */
export const switchLines = (request: IncomingMessage): readonly string[] => [
  'Upgrade: websocket',
  'Connection: Upgrade',
  `Sec-WebSocket-Accept: ${acceptOf(request.headers['sec-websocket-key'] ?? '')}`,
];

const sideOf = (handshake: IncomingMessage, socket: Socket, head: Buffer): UpstreamSide => {
  const chunks = [head];
  let length = head.length;
  let isEnded = false;
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
  });
  socket.on('end', () => {
    isEnded = true;
  });
  socket.on('close', () => {
    isEnded = true;
  });
  return {
    handshake,
    socket,
    received: () => Buffer.concat(chunks),
    receivedLength: () => length,
    isEnded: () => isEnded,
  };
};

/** An upstream below WebSocket: it answers handshakes as the test says, and the test has each connection to itself. */
export const webSocketUpstream = async (
  accept: (request: IncomingMessage) => Acceptance = () => ({}),
  respond: RequestListener = (_request, response) => response.end('plain'),
): Promise<WebSocketUpstream> => {
  const sides: UpstreamSide[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(respond);
  server.on('connection', (socket) => sockets.add(socket));
  server.on('upgrade', (request, socket: Socket, head) => {
    const { lines = switchLines(request), behind = Buffer.of(), isHeld = false } = accept(request);
    sides.push(sideOf(request, socket, head));
    if (isHeld) return;
    socket.write(
      Buffer.concat([
        Buffer.from(['HTTP/1.1 101 Switching Protocols', ...lines, '', ''].join('\r\n'), 'latin1'),
        behind,
      ]),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  open.add(close);
  const last = (): UpstreamSide => {
    const side = sides.at(-1);
    if (side === undefined) throw new Error('the upstream has no WebSocket');
    return side;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sides, last, close };
};
