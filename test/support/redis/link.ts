import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a Redis server that can lose an answer. */
export interface RedisLink {
  readonly url: string;
  /**
   * The next time that a command with this text passes, it reaches the server, and its answer gets no further: the
   * connection is cut instead. Resolves when that has happened.
   */
  loseAnswerTo(text: string): Promise<void>;
  close(): Promise<void>;
}

interface Loss {
  readonly text: string;
  readonly done: () => void;
}

const links = new Set<RedisLink>();

/** Opens a link to the server at this URL, which must name a port. */
export const redisLink = async (url: string): Promise<RedisLink> => {
  const { hostname, port: serverPort } = new URL(url);
  const sockets = new Set<Socket>();
  let loss: Loss | undefined;

  const pass = (client: Socket): void => {
    const server = connect(Number(serverPort), hostname);
    let losing: Loss | undefined;
    const cut = (): void => {
      client.destroy();
      server.destroy();
    };
    client.on('data', (bytes) => {
      if (loss !== undefined && bytes.includes(loss.text)) {
        losing = loss;
        loss = undefined;
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (losing === undefined) {
        client.write(bytes);
        return;
      }
      cut();
      losing.done();
    });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', cut).on('close', cut);
    }
  };

  const listener = createServer(pass);
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  const { port } = listener.address() as AddressInfo;
  const link: RedisLink = {
    url: `redis://127.0.0.1:${port}`,
    loseAnswerTo: (text) =>
      new Promise((resolve) => {
        loss = { text, done: resolve };
      }),
    close: async () => {
      if (!links.delete(link)) return;
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        listener.close(resolve);
      });
    },
  };
  links.add(link);
  return link;
};

afterAll(async () => {
  await Promise.all([...links].map((link) => link.close()));
});
