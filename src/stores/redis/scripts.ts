import { createHash } from 'node:crypto';

/** A Lua script, and the SHA-1 digest under which Redis caches it. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export const script = (lua: string): Script => ({ lua, sha: createHash('sha1').update(lua).digest('hex') });

/**
 * Publishes a change regardless of what is stored, and writes nothing.
 * KEYS: the key that the change is about, for its Cluster slot. ARGV: channel of changes, announcement.
 */
export const publishChange = script(`
local announced = redis.pcall('PUBLISH', ARGV[1], ARGV[2])
if type(announced) == 'table' and announced.err then return 'unannounced' end
return 1
`);

/**
 * Replaces a record of the directory and its entries in an index, and announces it, unless the record has changed since
 * it was read.
 * KEYS: 1 hash, 2 index if its entries change. ARGV: 1 field, 2 value that was read, 3 new value, 4 channel of changes,
 *       5 announcement, 6 number of entries to remove, then these, then those to add.
 */
export const replaceField = script(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
local firstAdded = 7 + tonumber(ARGV[6] or '0')
for position = 7, #ARGV do
  if position < firstAdded then redis.call('ZREM', KEYS[2], ARGV[position])
  else redis.call('ZADD', KEYS[2], 0, ARGV[position]) end
end
local announced = redis.pcall('PUBLISH', ARGV[4], ARGV[5])
if type(announced) == 'table' and announced.err then return 'unannounced' end
return 1
`);

/**
 * Removes a record of the directory and announces it, even if there was none: another gate may have it in its cache.
 * KEYS: hash. ARGV: field, channel of changes, announcement.
 */
export const removeField = script(`
local removed = redis.call('HDEL', KEYS[1], ARGV[1])
local announced = redis.pcall('PUBLISH', ARGV[2], ARGV[3])
if type(announced) == 'table' and announced.err then return 'unannounced' end
return removed
`);

/**
 * Removes a record of the directory and announces it, unless the record has changed since it was read.
 * KEYS: hash. ARGV: field, value that was read, channel of changes, announcement.
 */
export const removeUnchangedField = script(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
local announced = redis.pcall('PUBLISH', ARGV[3], ARGV[4])
if type(announced) == 'table' and announced.err then return 'unannounced' end
return 1
`);

/**
 * Inserts an application and indexes it, unless its owner has too many.
 * KEYS: 1 hash, 2 index. ARGV: 1 id, 2 record, 3 maximum number of records of the owner, 4 and 5 the bounds of the
 *       owner's entries, then the entries of the record.
 */
export const insertIndexed = script(`
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 'taken' end
if redis.call('ZLEXCOUNT', KEYS[2], ARGV[4], ARGV[5]) >= tonumber(ARGV[3]) then return 'limited' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
for position = 6, #ARGV do redis.call('ZADD', KEYS[2], 0, ARGV[position]) end
return 'inserted'
`);

/**
 * Removes an application and its entries in the indexes, and announces it, as `removeField`.
 * KEYS: 1 hash, then indexes. ARGV: 1 id, 2 channel of changes, 3 announcement, then the entries of the record.
 */
export const removeIndexed = script(`
local removed = redis.call('HDEL', KEYS[1], ARGV[1])
for index = 2, #KEYS do
  for position = 4, #ARGV do redis.call('ZREM', KEYS[index], ARGV[position]) end
end
local announced = redis.pcall('PUBLISH', ARGV[2], ARGV[3])
if type(announced) == 'table' and announced.err then return 'unannounced' end
return removed
`);

/**
 * Returns the ids and records of a range of the index; nil for a record that does not exist.
 * KEYS: 1 hash, 2 index. ARGV: 1 and 2 bounds, 3 maximum number of records.
 */
export const listIndexed = script(`
local found = {}
for _, entry in ipairs(redis.call('ZRANGEBYLEX', KEYS[2], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])) do
  local id = string.match(entry, '^[^:]*:(.*)$')
  found[#found + 1] = id
  found[#found + 1] = redis.call('HGET', KEYS[1], id)
end
return found
`);

/**
 * Returns the number of entries above two for each record: 0 if the index is complete.
 * KEYS: 1 hash, 2 index.
 */
export const countSurplus = script(`
return redis.call('ZCARD', KEYS[2]) - 2 * redis.call('HLEN', KEYS[1])
`);

/**
 * Indexes records, unless they have been removed in the meantime.
 * KEYS: 1 hash, 2 index. ARGV: for each record its id and its two entries.
 */
export const addMissingEntries = script(`
for position = 1, #ARGV, 3 do
  if redis.call('HEXISTS', KEYS[1], ARGV[position]) == 1 then
    redis.call('ZADD', KEYS[2], 0, ARGV[position + 1], 0, ARGV[position + 2])
  end
end
return 1
`);

/**
 * Returns whether the index of requests is complete (1 or 0), and the entries and records of a range of it; nil for a
 * record that does not exist.
 * KEYS: 1 hash of applications, 2 index. ARGV: 1 and 2 bounds, 3 maximum number of entries, 4 mark of a complete index.
 */
export const listRequested = script(`
local found = {redis.call('ZSCORE', KEYS[2], ARGV[4]) and 1 or 0}
for _, entry in ipairs(redis.call('ZRANGEBYLEX', KEYS[2], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])) do
  found[#found + 1] = entry
  found[#found + 1] = redis.call('HGET', KEYS[1], string.match(entry, '^[^:]*:[^:]*:(.*)$'))
end
return found
`);

/**
 * Takes one failure back, if the window that it was counted in has not ended. The last one deletes the counter, so that
 * the next failure begins a new window.
 * KEYS: counter, as named by rate-limiter-flexible.
 */
export const takeBackFailure = script(`
local failures = tonumber(redis.call('GET', KEYS[1]) or '0')
if failures > 1 then redis.call('DECR', KEYS[1]) elseif failures == 1 then redis.call('DEL', KEYS[1]) end
return 1
`);

/** Returns a counter of failures and the milliseconds until it expires. KEYS: the counter. */
export const readFailures = script(`
local failures = redis.call('GET', KEYS[1])
if not failures then return false end
return { failures, redis.call('PTTL', KEYS[1]) }
`);

/**
 * Adds a counter key to a set of an account, and drops the members older than the window and the oldest above the
 * maximum. The score is the server's time in microseconds, because counters also expire by the server's clock.
 * KEYS: set of the account. ARGV: 1 counter key, 2 window in seconds, 3 maximum.
 */
export const linkCounter = script(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[2] * 1000000))
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -tonumber(ARGV[3]) - 1)
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
`);

/**
 * Proves that Redis accepts what issuing a token requires: a script that writes.
 * KEYS: a key that only this script uses. ARGV: milliseconds to live.
 */
export const proveWritable = script(`
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return 1
`);

/**
 * Adds a session to the index of its user, and removes expired ones. If the user then has too many, removes those that
 * expire first, never the new one, and returns their digests.
 * KEYS: index. ARGV: 1 digest, 2 its expiry, 3 now (both epoch milliseconds), 4 milliseconds to live, 5 maximum number
 *       of sessions.
 */
export const addSession = script(`
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
local over = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[5])
local ended = {}
if over <= 0 then return ended end
for _, digest in ipairs(redis.call('ZRANGE', KEYS[1], 0, over)) do
  if digest ~= ARGV[1] and #ended < over then
    redis.call('ZREM', KEYS[1], digest)
    ended[#ended + 1] = digest
  end
end
return ended
`);

/**
 * Ends all sessions of a user in one step: what is not in the index has ended. The index is kept under another name, to
 * free their memory; if memory of an earlier call is still to be freed, both are joined. Returns 1 if there is something
 * to free, else 0.
 * KEYS: 1 index, 2 index of ended sessions.
 */
export const endAllSessions = script(`
if redis.call('ZCARD', KEYS[1]) > 0 then
  if redis.call('EXISTS', KEYS[2]) == 0 then
    redis.call('RENAME', KEYS[1], KEYS[2])
  else
    local life = math.max(redis.call('PTTL', KEYS[1]), redis.call('PTTL', KEYS[2]), 1)
    redis.pcall('ZUNIONSTORE', KEYS[2], 2, KEYS[1], KEYS[2]) -- a full Redis refuses it: then the sessions expire
    redis.call('UNLINK', KEYS[1])
    redis.call('PEXPIRE', KEYS[2], life)
  end
end
return redis.call('EXISTS', KEYS[2])
`);

/**
 * Deletes a key, whatever its value is, and returns the value if it is a string.
 * KEYS: string.
 */
export const takeString = script(`
local value = redis.pcall('GET', KEYS[1])
redis.call('DEL', KEYS[1])
return type(value) == 'string' and value
`);

/**
 * Claims a name for a session. Returns the session, or 0 if the name is taken or there is no such session.
 * KEYS: 1 session, 2 its claims. ARGV: 1 now (epoch seconds), 2 now (epoch milliseconds), 3 name, 4 its end (epoch
 *       milliseconds), 5 maximum number of claims of a session.
 */
export const claimName = script(`
local value = redis.call('GET', KEYS[1])
local isRead, session = pcall(cjson.decode, value or '')
if not isRead or type(session) ~= 'table' then return 0 end
if (tonumber(session.expiresAt) or 0) <= tonumber(ARGV[1]) then return 0 end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[2])
if redis.call('ZADD', KEYS[2], 'NX', ARGV[4], ARGV[3]) == 0 then return 0 end
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -tonumber(ARGV[5]) - 1)
local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')
redis.call('PEXPIRE', KEYS[2], math.max(1, math.ceil(tonumber(last[2]) - tonumber(ARGV[2]))))
return value
`);

/**
 * Adds entries to a part of an audit; drops those that are too old, or above the limit of an actor or of the part.
 * Returns how many were dropped because of the limit of an actor.
 * KEYS: 1 entries (scored by instant, each an actor's digest, a tab and the entry), 2 the same by actor (an actor's
 *       digest, a tab, the instant, a tab and the entry).
 * ARGV: oldest instant to keep, maximum number of entries, maximum number of entries of one actor, seconds to live,
 *       then for each entry its instant, its actor's digest and its text.
 */
export const addAuditEntries = script(`
local function byActor(actor, instant, entry)
  return actor .. '\\t' .. string.format('%015.0f', tonumber(instant)) .. '\\t' .. entry
end
local function drop(members)
  for index = 1, #members, 2 do
    local actor, entry = string.match(members[index], '^([^\\t]+)\\t(.*)$')
    if actor then redis.call('ZREM', KEYS[2], byActor(actor, members[index + 1], entry)) end
    redis.call('ZREM', KEYS[1], members[index])
  end
end
local actors, dropped = {}, 0
for index = 5, #ARGV, 3 do
  local instant, actor, entry = ARGV[index], ARGV[index + 1], ARGV[index + 2]
  redis.call('ZADD', KEYS[1], instant, actor .. '\\t' .. entry)
  redis.call('ZADD', KEYS[2], 0, byActor(actor, instant, entry))
  actors[actor] = true
end
for actor in pairs(actors) do
  local from, to = '[' .. actor .. '\\t', '(' .. actor .. '\\n'
  local over = redis.call('ZLEXCOUNT', KEYS[2], from, to) - tonumber(ARGV[3])
  if over > 0 then
    dropped = dropped + over
    for _, member in ipairs(redis.call('ZRANGEBYLEX', KEYS[2], from, to, 'LIMIT', 0, over)) do
      redis.call('ZREM', KEYS[2], member)
      redis.call('ZREM', KEYS[1], actor .. '\\t' .. string.match(member, '^[^\\t]+\\t%d+\\t(.*)$'))
    end
  end
end
drop(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, 2000))
local over = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[2])
if over > 0 then drop(redis.call('ZRANGE', KEYS[1], 0, over - 1, 'WITHSCORES')) end
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return dropped
`);

/**
 * Stores last uses; an earlier one does not replace a later one.
 * KEYS: uses of a client. ARGV: oldest instant to keep, seconds to live, then an instant and a grant id for each use.
 */
export const noteUses = script(`
for index = 3, #ARGV, 2 do
  local known = redis.call('ZSCORE', KEYS[1], ARGV[index + 1])
  if not known or tonumber(known) < tonumber(ARGV[index]) then redis.call('ZADD', KEYS[1], ARGV[index], ARGV[index + 1]) end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
`);

/**
 * Adds to the count of a day, and drops the days that are too old.
 * KEYS: password uses of a client. ARGV: day, number of grants, number of days to keep, seconds to live.
 */
export const addPasswordUses = script(`
redis.call('ZADD', KEYS[1], 'INCR', ARGV[2], ARGV[1])
local days = redis.call('ZRANGE', KEYS[1], 0, -1)
local newest = 0
for _, day in ipairs(days) do newest = math.max(newest, tonumber(day) or 0) end
for _, day in ipairs(days) do
  if (tonumber(day) or 0) <= newest - tonumber(ARGV[3]) then redis.call('ZREM', KEYS[1], day) end
end
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
`);

/**
 * Returns the number of grants since a day, and the day of the last one, -1 if there is none.
 * KEYS: password uses of a client. ARGV: day.
 */
export const readPasswordUsage = script(`
local listed = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
local grants, last = 0, -1
for index = 1, #listed, 2 do
  local day = tonumber(listed[index]) or -1
  if day >= tonumber(ARGV[1]) then grants = grants + tonumber(listed[index + 1]) end
  last = math.max(last, day)
end
return {grants, last}
`);
