import { SCORE_UNIT } from './grant-scores';

/** Grants that a save reads beyond those that its user may have, and the most that it ends, after a limit was lowered. */
export const MAX_SURPLUS = 100;

// Ended grants that a save may remove from the index of a client at its limit. A refused request costs little to send, so
// it must cost Redis little as well.
const MAX_READ_OF_CLIENT = 20;

/**
 * The limits on live grants, for `saveGrant` on a single server, after `namesIn` and `readEpochs`. An index also lists
 * grants that have ended before they expired, and the part of a user's index for one client may contain grants of
 * another, so both functions read the records of grants, but only at the limit, and a bounded number.
 *
 * `hasRoom` checks the limit of the client, and removes some grants that have ended. The rank at which it begins depends
 * on the time, so that repeated calls find the others. `endOldest` ends the grants of a user and client that expire first
 * if there are too many, never the new one, and returns them.
 */
export const grantLimits = `
local prefix = string.sub(KEYS[1], 1, -21)

-- The stamps of live tokens under the present epochs of some principals, by their names.
local stamps = {}
local function stampsOf(names)
  if not stamps[names] then
    local epochs = epochsOf(prefix, names)
    stamps[names] = { a = stamp(epochs, 18), r = stamp(epochs, 9) }
    for _, epoch in ipairs(epochs) do if #epoch ~= 18 then stamps[names] = {} end end
  end
  return stamps[names]
end

-- Returns the client of a live grant; nil if it has ended. Tokens without a stamp count as live.
local function liveClientOf(grant)
  for _, kind in ipairs({ 'a', 'r' }) do
    local line = string.match(get(prefix .. '{' .. grant .. '}:' .. kind) or '', '^[^\\n]*')
    local version, names = namesIn(line, kind == 'r' and '^[^\\t]*\\t[^\\t]*\\t' or '^')
    if names and (version == '' or string.match(line, '\\t([%w_%-]+)\\t$') == stampsOf(names)[kind]) then
      return string.match(names, '^[^\\t]*')
    end
  end
end

local function remove(grant)
  redis.call('DEL', prefix .. '{' .. grant .. '}:a', prefix .. '{' .. grant .. '}:r')
  for key = 3, tonumber(ARGV[8]) + 2 do redis.call('ZREM', KEYS[key], grant) end
end

local function hasRoom(key, now, max)
  local count = redis.call('ZCOUNT', key, '(' .. now, '+inf')
  local over = count + 1 - max
  if over <= 0 or redis.call('ZSCORE', key, ARGV[1]) then return true end
  local from = now % math.max(1, redis.call('ZCARD', key) + 1 - ${MAX_READ_OF_CLIENT})
  local listed = redis.call('ZRANGE', key, from, from + ${MAX_READ_OF_CLIENT} - 1, 'WITHSCORES')
  for place = 1, #listed, 2 do
    if tonumber(listed[place + 1]) > tonumber(now) and not liveClientOf(listed[place]) then
      remove(listed[place])
      over = over - 1
    end
  end
  return over <= 0
end

-- Adds those of the grants to a set that have a live token of a kind and the same names as the new one. Reads them with
-- one command, because at the limit almost all of them do, and each sign-in reads them again.
local function findSame(live, grants, kind)
  local version, names = namesIn(ARGV[4], '^')
  local head = version .. string.sub(ARGV[4], #version + 1, #version + 1) .. names
  local mark = '\t' .. (stampsOf(names)[kind] or '') .. '\t'
  local rest, keys = {}, {}
  for _, grant in ipairs(grants) do
    if not live[grant] then
      rest[#rest + 1] = grant
      keys[#rest] = prefix .. '{' .. grant .. '}:' .. kind
    end
  end
  if #keys == 0 then return end
  local start = kind == 'r' and '\t' or ''
  for place, value in ipairs(redis.call('MGET', unpack(keys))) do
    local at = value and string.find(value, start .. head, 1, true)
    if at and (kind == 'r' or at == 1) and string.find(value, mark, at, true) then live[rest[place]] = true end
  end
end

local function endOldest(key, base, now, max)
  local from, to = string.format('(%.0f', base + now), string.format('(%.0f', base + ${SCORE_UNIT})
  local over, oldest, ended = redis.call('ZCOUNT', key, from, to) - max, {}, {}
  if over <= 0 then return ended end
  local client = string.match(ARGV[4], '^%d*[ps]([^\t]*)')
  local grants = redis.call('ZRANGEBYSCORE', key, from, to, 'LIMIT', 0, max + ${MAX_SURPLUS})
  local live = { [ARGV[1]] = true }
  findSame(live, grants, 'a')
  findSame(live, grants, 'r')
  for _, grant in ipairs(grants) do
    local found = live[grant] and client or liveClientOf(grant)
    if found ~= client then over = over - 1 elseif grant ~= ARGV[1] then table.insert(oldest, grant) end
    if not found then remove(grant) end
    if over <= 0 then return ended end
  end
  for place = 1, math.min(over, #oldest, ${MAX_SURPLUS}) do
    remove(oldest[place])
    table.insert(ended, oldest[place])
  end
  return ended
end
`;
