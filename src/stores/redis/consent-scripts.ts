import { script } from './scripts';

/**
 * Returns all fields of a hash, each followed by its value. The driver would make an object of the command's reply.
 * KEYS: hash of the user.
 */
export const listConsents = script(`
return redis.call('HGETALL', KEYS[1])
`);

/**
 * Stores a consent of a user, unless it has changed since it was read, or is a new one and the user has too many. Returns
 * `changed`, `limited`, or `outdated` if it has changed.
 * KEYS: hash of the user. ARGV: 1 id, 2 value that was read, empty if there was none, 3 new value, 4 maximum number of
 *       consents, 5 milliseconds to live.
 */
export const changeConsent = script(`
local before = redis.call('HGET', KEYS[1], ARGV[1])
if (before or '') ~= ARGV[2] then return 'outdated' end
if not before and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4]) then return 'limited' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 'changed'
`);
