import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net';

const open = new Set<() => void>();

afterAll(() => {
  for (const close of open) close();
  open.clear();
});

const listening = async (server: TcpServer | Server, sockets: Set<Socket>): Promise<string> => {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  open.add(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** A request as an upstream saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  /** The headers as received: order, letter case and repeats. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export interface EchoUpstream {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  /** All bytes that came over all connections, as latin-1. */
  readonly bytes: () => string;
  /** The only request so far. @throws unless there is exactly one */
  only(): SeenRequest;
}

/** Answers 200 to everything and keeps what it was sent, parsed and in bytes. */
export const echoUpstream = async (): Promise<EchoUpstream> => {
  const seen: SeenRequest[] = [];
  let bytes = '';
  const server = createServer((request, response) => {
    const { rawHeaders, method = '', url = '' } = request;
    const headers = rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
    );
    let body = '';
    request.setEncoding('latin1').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push({ method, url, headers, body });
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ method, url, body }));
    });
  });
  server.on('connection', (socket) => {
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.toString('latin1');
    });
  });
  const url = await listening(server, new Set());
  const only = (): SeenRequest => {
    const [first] = seen;
    if (first === undefined || seen.length !== 1) throw new Error(`the upstream saw ${seen.length} requests`);
    return first;
  };
  return { url, seen, bytes: () => bytes, only };
};

export interface CustomUpstream {
  readonly url: string;
  readonly sockets: ReadonlySet<Socket>;
}

/** An upstream whose responses the test defines. */
export const anUpstream = async (handler: RequestListener): Promise<CustomUpstream> => {
  const sockets = new Set<Socket>();
  return { url: await listening(createServer(handler), sockets), sockets };
};

/** An upstream below HTTP: the test has each connection to itself. */
export const rawUpstream = async (onConnection: (socket: Socket) => void): Promise<CustomUpstream> => {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
    socket.resume(); // one that reads nothing does not see the end, either
  });
  return { url: await listening(server, sockets), sockets };
};

/** An upstream that can leave: from then on nothing listens there. Its port is its own until it does. */
export const leavingUpstream = async (): Promise<{ readonly url: string; leave(): Promise<void> }> => {
  const server = createTcpServer();
  const url = await listening(server, new Set());
  const leave = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
    });
  return { url, leave };
};

/**
 * An address at which no server listens. The port belongs to the near end of an open connection, so that no other
 * process can be given it to listen on, unlike a port that was released.
 */
export const unusedAddress = async (): Promise<string> => {
  const { url } = await rawUpstream(() => undefined);
  const held = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
  await once(held, 'connect');
  return `http://127.0.0.1:${held.localPort}`;
};
