export const REDIS_URL_RULE = 'must be redis://host:port, rediss:// for TLS, or the path of a Unix socket';

/** Whether a text says where a Redis is, in a form that ioredis reads. */
export const isRedisUrl = (value: unknown): value is string =>
  typeof value === 'string' && /^(?:rediss?:\/\/[^\s/]+(?:\/\d*)?(?:\?\S*)?|(?:unix:\/\/)?\/\S+)$/.test(value);
