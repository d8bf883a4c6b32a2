import { createServer, type RequestListener, type Server } from 'node:http';
import { freePort } from '../../../test/support/http/free-port';

/** An upstream that can stop and start again at the same address. */
export class StoppableUpstream {
  readonly url: string;
  readonly #port: number;
  readonly #listener: RequestListener;
  #server: Server | undefined;

  /** @param port is not one that the system gives to other sockets, so that it is free for the next start */
  constructor(port: number, listener: RequestListener) {
    this.url = `http://127.0.0.1:${port}`;
    this.#port = port;
    this.#listener = listener;
  }

  get authority(): string {
    return new URL(this.url).host;
  }

  async start(): Promise<void> {
    const server = createServer(this.#listener);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
  }

  /** Closes the listener and cuts off all connections, like a process that is killed. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => void server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

const open = new Set<StoppableUpstream>();

afterAll(() => Promise.all([...open].map((upstream) => upstream.stop())));

/** Starts an upstream that is stopped after the file's tests. */
export const stoppableUpstream = async (listener: RequestListener): Promise<StoppableUpstream> => {
  const upstream = new StoppableUpstream(await freePort(), listener);
  await upstream.start();
  open.add(upstream);
  return upstream;
};
