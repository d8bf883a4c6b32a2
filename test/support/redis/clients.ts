import { Redis, type RedisOptions } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { redisAddress } from './redis';

const opened: { disconnect(): void }[] = [];

/** Ends a client with the file's tests, and takes its errors: without a listener, ioredis prints them. */
export const endAtEnd = <R extends Redis>(client: R): R => {
  client.on('error', () => undefined);
  opened.push(client);
  return client;
};

/** A client with options of its own, connected or not. */
export const aRedis = (options: Omit<RedisOptions, 'replyMapping'> = {}, address = redisAddress()): Redis => {
  // Without an answer, the driver waits this long for the end of a connection that has already ended.
  return endAtEnd(new Redis(address, { disconnectTimeout: 20, ...options }));
};

/**
 * A connection to the server of a client that receives every command of the server. ioredis reports a command that
 * arrives together with the reply to MONITOR as an error, and drops it.
 */
export const aMonitor = async (client: Redis): Promise<Redis> => {
  const monitor = endAtEnd(client.duplicate({ monitor: true, lazyConnect: false }));
  await new Promise((resolve) => monitor.once('monitoring', resolve));
  return monitor;
};

/** A client of the previous major of ioredis. */
export const aRedis5 = (address: string): Redis5 => {
  const client = new Redis5(address, { disconnectTimeout: 20 });
  client.on('error', () => undefined);
  opened.push(client);
  return client;
};

afterAll(() => {
  for (const client of opened) client.disconnect();
});
