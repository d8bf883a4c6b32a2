import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { ADDRESS_VARIABLE, RedisServer } from './server';

/** The address of the Redis of this run: a socket path or a URL. */
export const redisAddress = (): string => {
  const address = process.env[ADDRESS_VARIABLE];
  if (address === undefined)
    throw new Error(`${ADDRESS_VARIABLE} is not set: run the tests with jest's own configuration`);
  return address;
};

const clients = new Set<Redis | Redis5>();

const whenReady = async <R extends Redis | Redis5>(client: R): Promise<R> => {
  clients.add(client);
  client.on('error', () => undefined); // without a listener, ioredis prints every retry
  await client.ping();
  return client;
};

/**
 * A connected client to the Redis of this run, with ioredis's defaults. Other tests share the server: use a prefix. It
 * need not be closed.
 */
export const testRedis = (address = redisAddress()): Promise<Redis> => whenReady(new Redis(address));

/** The same with the major before. */
export const testRedis5 = (address = redisAddress()): Promise<Redis5> => whenReady(new Redis5(address));

/** A key prefix that no other test has. */
export const randomPrefix = (): string => `t${randomBytes(8).toString('hex')}:`;

export interface OwnRedis {
  /** For `new Redis(…)`: a socket path, or a URL when it listens on a port. */
  readonly url: string;
  /** A connected client, as `testRedis` gives. */
  client(): Promise<Redis>;
  /** Freezes the server: it takes connections and answers nothing. */
  pause(): void;
  resume(): void;
  /** Ends the server and discards its data. */
  stop(): Promise<void>;
  /** Starts it again, empty, at the same place. */
  start(): Promise<void>;
  /** Ends it for good. Doing it twice does no harm, and it happens by itself after the file's tests. */
  close(): Promise<void>;
}

const open = new Set<RedisServer>();

/** A further private server, for tests that stop, freeze or restart it. */
export const ownRedis = async ({ over = 'socket' }: { over?: 'socket' | 'port' } = {}): Promise<OwnRedis> => {
  const server = await RedisServer.start(over);
  open.add(server);
  return {
    url: server.address,
    client: () => testRedis(server.address),
    pause: () => server.pause(),
    resume: () => server.resume(),
    stop: () => server.stop(),
    start: () => server.start(),
    close: async () => {
      open.delete(server);
      await server.close();
    },
  };
};

/** A client that a test left open must not keep the process alive, and would retry for ever without its server. */
const letGo = (client: Redis | Redis5): void => {
  client.options.retryStrategy = () => null;
  if (client.status === 'ready') client.stream.unref();
  else if (client.status !== 'end') client.disconnect();
};

afterAll(async () => {
  for (const client of clients) letGo(client);
  await Promise.all([...open].map((server) => server.close()));
});
