import { Redis } from 'ioredis';

/**
 * A client that says where Redis is. It never connects itself: scopegate duplicates it, and reports on what it opened,
 * so an error here has already been logged.
 */
export const redisAt = (url: string): Redis => new Redis(url, { lazyConnect: true }).on('error', () => undefined);
