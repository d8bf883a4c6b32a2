// What those contenders keep in Redis that bring a guard or an endpoint and no store: a JSON record by the token's text, which
// ends with the token.
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';

const LIFETIME = 3600;

/** The connection of a rival, with ioredis's own means for many requests at a time. */
export const connect = () => new Redis(process.env.BENCH_REDIS, { enableAutoPipelining: true });

export const randomToken = () => randomBytes(32).toString('base64url');

const record = (scope) => ({
  client: 'key',
  subject: 'ana',
  scope,
  expiresAt: Math.floor(Date.now() / 1000) + LIFETIME,
});

/** Stores tokens for serveGuarded(); `keyOf` says under which key. */
export const storeTokens = async (redis, keyOf, many = 50) => {
  const store = async (scope) => {
    const token = randomToken();
    await redis.set(keyOf(token), JSON.stringify(record(scope)), 'EX', LIFETIME);
    return token;
  };
  const good = await Promise.all(Array.from({ length: many }, () => store(['read', 'list'])));
  return { good, narrow: await store(['update']), dead: randomToken() };
};

/** Whether a key is there and will not stay for ever. */
export const isKept = async (redis, key) => (await redis.ttl(key)) > 0;
