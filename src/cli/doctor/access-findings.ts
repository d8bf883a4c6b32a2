import { randomText } from '../../protocol/secrets';
import { cureOf, reasonOf } from '../../stores/redis/reasons';
import type { RedisLike } from '../../stores/redis/redis-like';
import { printable } from '../printed-table';
import type { Finding } from './finding';

const KEY_LIFETIME_MS = 10_000;

type Arguments = readonly (string | number)[];

const UNKNOWN_SCRIPT = '0'.repeat(40);

/**
 * Every command that a gate needs, and those that its scripts run, with arguments that change nothing. The key holds the text 0:
 * a command for another type is refused with WRONGTYPE, but only after the access list was applied.
 */
const probesFor = (key: string, channel: string): Readonly<Record<string, Arguments>> => ({
  ping: [],
  time: [],
  get: [key],
  mget: [key],
  exists: [key],
  expire: [key, KEY_LIFETIME_MS / 1000],
  pexpire: [key, KEY_LIFETIME_MS],
  pttl: [key],
  incrby: [key, 0],
  decr: [key],
  hset: [key, 'field', ''],
  hsetnx: [key, 'field', ''],
  hget: [key, 'field'],
  hgetall: [key],
  hmget: [key, 'field'],
  hdel: [key, 'field'],
  hexists: [key, 'field'],
  hlen: [key],
  hscan: [key, 0],
  zadd: [key, 0, 'member'],
  zcard: [key],
  zcount: [key, 0, 0],
  zlexcount: [key, '-', '+'],
  zrange: [key, 0, 0],
  zrangebylex: [key, '-', '+'],
  zrangebyscore: [key, 0, 0],
  zrem: [key, 'member'],
  zremrangebyrank: [key, 0, 0],
  zremrangebyscore: [key, 0, 0],
  zrevrange: [key, 0, 0],
  zrevrangebyscore: [key, 0, 0],
  zscan: [key, 0],
  zscore: [key, 'member'],
  zunionstore: [`${key}:none`, 1, key],
  rename: [`${key}:none`, `${key}:none`],
  unlink: [`${key}:none`],
  publish: [channel, 'doctor'], // gates ignore messages that name no record
  eval: ['return 1', 1, key],
  evalsha: [UNKNOWN_SCRIPT, 1, key],
  del: [key],
});

/** Commands that a gate sends if they are permitted, and works without. INFO is checked with the server. */
export const OPTIONAL_COMMANDS: readonly string[] = ['info'];

/** Names of the commands that a gate needs, in lower case. */
export const NEEDED_COMMANDS: readonly string[] = ['set', 'subscribe', ...Object.keys(probesFor('', ''))];

/** The part of a permission that is missing. */
interface Missing {
  readonly command: string;
  readonly what: 'command' | 'keys' | 'channel';
}

/** Runs a command. @returns the missing permission, if any. @throws the driver's error if the connection is lost */
const probe = async (redis: RedisLike, command: string, args: Arguments): Promise<Missing | undefined> => {
  try {
    await redis.call(command, ...args);
    return undefined;
  } catch (error) {
    const { word, source } = reasonOf(error);
    if (source === 'connection') throw error;
    if (word !== 'NOPERM') return undefined;
    const text = error instanceof Error ? error.message : '';
    if (/\bchannels?\b/.test(text)) return { command, what: 'channel' };
    return { command, what: /\bkeys?\b/.test(text) ? 'keys' : 'command' };
  }
};

/** Writes the key that the other commands are tried with. @returns the finding if that is refused */
const write = async (redis: RedisLike, key: string): Promise<Finding | undefined> => {
  try {
    await redis.call('set', key, '0', 'PX', KEY_LIFETIME_MS);
    return undefined;
  } catch (error) {
    const reason = reasonOf(error);
    if (reason.source === 'connection') throw error;
    if (reason.word === 'NOPERM') return undefined; // reported with the other permissions
    const cure = cureOf(reason) ?? 'See the log of Redis';
    return { check: 'writes', level: 'problem', message: `Redis refuses writes (${reason.word})`, cure };
  }
};

const describe = (missing: readonly Missing[], prefix: string): Finding => {
  const commands = missing.filter(({ what }) => what === 'command').map(({ command }) => command);
  const needsKeys = missing.some(({ what }) => what === 'keys');
  const needsChannel = missing.some(({ what }) => what === 'channel');
  const parts = [
    ...(commands.length === 0 ? [] : [`the commands ${commands.join(', ')}`]),
    ...(needsKeys ? [`the keys ${prefix}*`] : []),
    ...(needsChannel ? [`the channel ${prefix}changes`] : []),
  ];
  const rules = [
    ...commands.map((command) => `+${command}`),
    ...(needsKeys ? [`~${prefix}*`] : []),
    ...(needsChannel ? [`&${prefix}changes`] : []),
  ];
  return {
    check: 'access',
    level: 'problem',
    message: printable(`The Redis user may not use ${parts.join(', nor ')}`),
    cure: printable(`ACL SETUSER <user> ${rules.join(' ')}`),
  };
};

/**
 * Checks that the Redis user may do everything that a gate needs, by doing it. One key with a lifetime of 10 s is
 * written and deleted; nothing of a gate is read or changed.
 * @param subscriber a further connection, because one that subscribes takes no other commands
 */
export const findOnAccess = async (
  redis: RedisLike,
  subscriber: RedisLike,
  prefix: string,
): Promise<readonly Finding[]> => {
  const [key, channel] = [`${prefix}{doctor:${randomText(9)}}`, `${prefix}changes`];
  const refused = await write(redis, key);
  if (refused !== undefined) return [refused];
  const missing = [await probe(redis, 'set', [key, '0', 'PX', KEY_LIFETIME_MS])];
  // Without the key, the commands that follow would create one of another type that does not expire.
  if (missing[0] === undefined) {
    for (const [command, args] of Object.entries(probesFor(key, channel))) {
      missing.push(await probe(redis, command, args));
    }
  }
  missing.push(await probe(subscriber, 'subscribe', [channel]));
  const found = missing.filter((each) => each !== undefined);
  if (found.length > 0) return [describe(found, prefix)];
  return [{ check: 'access', level: 'ok', message: 'The Redis user may do everything that a gate needs' }];
};
