import { Redis } from 'ioredis';

/**
 * Returns a client that only holds the address. It never connects itself: scopegate duplicates it and logs the errors
 * of the connections that it opens, so an error here has already been logged.
 */
export const redisAt = (url: string): Redis => new Redis(url, { lazyConnect: true }).on('error', () => undefined);
