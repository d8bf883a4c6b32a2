// The store of contenders that have a guard or an endpoint but no store: a JSON record in Redis under the token's text,
// which expires with the token.
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';

const LIFETIME = 3600;

/** Opens a rival's connection, with ioredis's auto-pipelining for concurrent requests. */
export const connect = () => new Redis(process.env.BENCH_REDIS, { enableAutoPipelining: true });

export const randomToken = () => randomBytes(32).toString('base64url');

const record = (scope) => ({
  client: 'key',
  subject: 'ana',
  scope,
  expiresAt: Math.floor(Date.now() / 1000) + LIFETIME,
});

/** Stores tokens for serveGuarded(); `keyOf` returns the key of a token. */
export const storeTokens = async (redis, keyOf, many = 50) => {
  const store = async (scope) => {
    const token = randomToken();
    await redis.set(keyOf(token), JSON.stringify(record(scope)), 'EX', LIFETIME);
    return token;
  };
  const good = await Promise.all(Array.from({ length: many }, () => store(['read', 'list'])));
  return { good, narrow: await store(['update']), dead: randomToken() };
};

/** Checks whether a key exists and has a TTL. */
export const isKept = async (redis, key) => (await redis.ttl(key)) > 0;
