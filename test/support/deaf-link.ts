import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a Redis server on which listeners can be made deaf, while commands go on as ever. */
export interface DeafLink {
  readonly url: string;
  /** Whatever the server sends on connections that have subscribed gets no further. Nothing is closed. */
  deafen(): void;
  /** New connections hear again. */
  heal(): void;
}

const ends: (() => Promise<void>)[] = [];

/** Stands before the server at this URL, which must name a port. */
export const aDeafLink = async (url: string): Promise<DeafLink> => {
  const { hostname, port: serverPort } = new URL(url);
  const sockets = new Set<Socket>();
  let isDeaf = false;

  const listener = createServer((client) => {
    const server = connect(Number(serverPort), hostname);
    let listens = false;
    let deafened = false;
    client.on('data', (bytes) => {
      listens ||= bytes.includes('subscribe');
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      deafened ||= isDeaf && listens;
      if (!deafened) client.write(bytes);
    });
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
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
  return {
    url: `redis://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    deafen: () => {
      isDeaf = true;
    },
    heal: () => {
      isDeaf = false;
    },
  };
};

afterAll(async () => {
  for (const end of ends) await end();
});
