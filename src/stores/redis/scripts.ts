import { createHash } from 'node:crypto';

/** A Lua script and the name under which Redis remembers it. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

const script = (lua: string): Script => ({ lua, sha: createHash('sha1').update(lua).digest('hex') });

/**
 * Keeps a new grant.
 * KEYS: access, refresh.
 * ARGV: 1 access value, 2 its milliseconds to live, 3 refresh digest, 4 refresh facts, 5 milliseconds to live,
 *       6 its expiry (epoch milliseconds).
 */
export const saveGrant = script(`
if tonumber(ARGV[2]) > 0 then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
redis.call('HSET', KEYS[2], 'digest', ARGV[3], 'facts', ARGV[4], 'expires', ARGV[6])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return 1
`);

/**
 * Replaces the live refresh token. The successor's digest is chosen by the caller, so a script that is sent twice finds
 * it in place and answers the same, while a second use brings another successor and is told that the token is spent.
 * KEYS: access, refresh.
 * ARGV: 1 digest of the live token, 2 successor digest, 3 access value, 4 its milliseconds to live, 5 refresh facts,
 *       6 milliseconds to live, 7 sealed pair, 8 end of the grace window (epoch milliseconds), 9 end of the earlier
 *       access token's respite (epoch milliseconds), 10 now, 11 the successor's expiry (epoch milliseconds), 12 digest
 *       of the token whose repeat is answered with the sealed pair, 13 channel of changes, 14 grant id.
 */
export const rotateGrant = script(`
local state = redis.call('HMGET', KEYS[2], 'digest', 'expires')
local live = state[1]
if not live or tonumber(state[2]) <= tonumber(ARGV[10]) then return 'unknown' end
if live == ARGV[2] then return 'rotated' end
if live ~= ARGV[1] then return 'spent' end
local value = ARGV[3]
local before = redis.call('GET', KEYS[1])
if before then value = value .. '\\n' .. ARGV[9] .. ' ' .. string.match(before, '^[^\\n]*') end
redis.call('SET', KEYS[1], value, 'PX', ARGV[4])
redis.call('HSET', KEYS[2], 'digest', ARGV[2], 'facts', ARGV[5], 'expires', ARGV[11],
  'spent', ARGV[12], 'sealed', ARGV[7], 'until', ARGV[8])
redis.call('PEXPIRE', KEYS[2], ARGV[6])
local announced = redis.pcall('PUBLISH', ARGV[13], ARGV[14])
if type(announced) == 'table' and announced.err then return 'unannounced' end
return 'rotated'
`);

/**
 * Ends what the keys hold and announces it in the same step, so that no gate can hear of it before it is so. An
 * announcement that Redis does not allow is told, and what was ended stays ended.
 * KEYS: access, and refresh where that is to end as well. ARGV: channel of changes, grant id.
 */
export const endGrant = script(`
local ended = redis.call('DEL', unpack(KEYS))
local announced = redis.pcall('PUBLISH', ARGV[1], ARGV[2])
if type(announced) == 'table' and announced.err then return 'unannounced' end
return ended
`);

/**
 * Adds a grant to an owner's index, drops what has expired, and lets the index live as long as its last member.
 * KEYS: index. ARGV: grant id, its expiry, now (epoch milliseconds).
 */
export const indexGrant = script(`
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIRE', KEYS[1], math.max(1, math.ceil(tonumber(last[2]) - tonumber(ARGV[3]))))
return 1
`);

/**
 * Replaces a record of the directory if nobody else did meanwhile.
 * KEYS: hash. ARGV: field, value that was read, new value.
 */
export const replaceField = script(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
`);

/**
 * Takes one failure back, as long as the window it was counted in lasts; a counter never goes below zero.
 * KEYS: counter, as rate-limiter-flexible names it.
 */
export const takeBackFailure = script(`
local failures = tonumber(redis.call('GET', KEYS[1]) or '0')
if failures > 0 then redis.call('DECR', KEYS[1]) end
return 1
`);
