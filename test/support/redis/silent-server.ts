import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy in front of a server that can drop all bytes, in both directions, without closing a connection. */
export interface SilentServer {
  readonly url: string;
  /** Drops all bytes from now on, on present connections and on new ones, which are still accepted. */
  silence(): void;
  /** Lets new connections work again. Earlier ones stay silent. */
  restore(): void;
}

const ends: (() => Promise<void>)[] = [];

/** Proxies the server at this URL, which must have a port. */
export const aSilentServer = async (url: string): Promise<SilentServer> => {
  const { hostname, port: serverPort } = new URL(url);
  const sockets = new Set<Socket>();
  let swallows = false;
  let opened = 0;

  const listener = createServer((client) => {
    const server = connect(Number(serverPort), hostname);
    const before = opened;
    const passes = (): boolean => !swallows && opened === before;
    client.on('data', (bytes) => passes() && server.write(bytes));
    server.on('data', (bytes) => passes() && client.write(bytes));
    client.on('close', () => server.destroy());
    server.on('close', () => passes() && client.destroy());
    for (const socket of [client, server]) sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      listener.close(resolve);
    });
  });
  const { port } = listener.address() as AddressInfo;
  return {
    url: `redis://127.0.0.1:${port}`,
    silence: () => {
      swallows = true;
      opened += 1;
    },
    restore: () => {
      swallows = false;
      opened += 1;
    },
  };
};

afterAll(async () => {
  await Promise.all(ends.map((end) => end()));
});
