import type { Redis } from 'ioredis';

/** Every key that begins so. A random prefix holds no glob character. */
export const keysUnder = async (redis: Redis, prefix: string): Promise<readonly string[]> => {
  const keys = new Set<string>();
  let cursor = '0';
  do {
    const [next, page] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1_000);
    cursor = next;
    for (const key of page) keys.add(key);
  } while (cursor !== '0');
  return [...keys].sort();
};

/** The part of a key that determines its Cluster slot: the text in its first pair of braces, else all of it. */
export const hashTagOf = (key: string): string => {
  const start = key.indexOf('{');
  const end = key.indexOf('}', start + 1);
  return start === -1 || end <= start + 1 ? key : key.slice(start + 1, end);
};

/** All that a key holds, names of fields and members too. */
const textOf = async (redis: Redis, key: string): Promise<string> => {
  switch (await redis.type(key)) {
    case 'string':
      return (await redis.get(key)) ?? '';
    case 'hash':
      return JSON.stringify(await redis.hgetall(key));
    case 'zset':
      return JSON.stringify(await redis.zrange(key, '0', '-1', 'WITHSCORES'));
    case 'set':
      return JSON.stringify(await redis.smembers(key));
    default:
      throw new Error(`${key} is of a type that is not read here`);
  }
};

/** All keys that begin so and all that they hold, as one text. */
export const contentsUnder = async (redis: Redis, prefix: string): Promise<string> => {
  const keys = await keysUnder(redis, prefix);
  const texts = await Promise.all(keys.map(async (key) => `${key}\n${await textOf(redis, key)}`));
  return texts.join('\n');
};

/** The forms in which a secret could lie about: as it is, encoded, or digested so that a list of words would find it. */
export const storedFormsOf = (secret: string): readonly string[] => {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64');
  return [
    secret,
    [...secret].reverse().join(''),
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    encodeURIComponent(secret),
  ];
};
