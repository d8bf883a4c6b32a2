import { SCORE_UNIT, TAGS } from './grant-scores';

// Parts of the scripts that store tokens.

/** The longest lifetime of a refresh token, a year, in milliseconds. */
export const MAX_LIFETIME_MS = 31_536_000_000;

/**
 * Adds a grant to an owner's index, removes expired members, and lets the index live as long as its last member. ZADD must
 * be the first write of a script: a full Redis refuses it there, but refuses nothing once a script has written. A call
 * removes the expired grants of its own client, and of another one that depends on the time, so that those of clients that
 * are no longer used do not accumulate.
 */
export const index = `
local unit = ${SCORE_UNIT}
local function index(key, grant, base, expires, now)
  redis.call('ZADD', key, base + expires, grant)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  if base > 0 then
    redis.call('ZREMRANGEBYSCORE', key, base, base + now)
    local other = redis.call('ZRANGEBYSCORE', key, now % ${TAGS} * unit, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
    if other then
      local first = other - other % unit
      redis.call('ZREMRANGEBYSCORE', key, first, first + now)
    end
  end
  local left, life = redis.call('PTTL', key), math.max(1, math.ceil(expires - now))
  if left < life then redis.call('PEXPIRE', key, life) end
  -- An earlier release takes the whole score for an expiry.
  if left > ${MAX_LIFETIME_MS} then redis.call('PEXPIRE', key, ${MAX_LIFETIME_MS}) end
end
`;

/**
 * Returns the epoch of a principal: creates it if there is none, and lets it live at least as long as the token. A
 * missing epoch refuses, so it lives twice as long, and most tokens need not extend it.
 */
export const openEpoch = `
local function open(key, random, life)
  local epoch = redis.call('GET', key)
  if not epoch or #epoch ~= 18 then
    local flag = epoch and '1' or '0'
    epoch = flag .. string.sub(random, 1, 8) .. flag .. string.sub(random, 9, 16)
    redis.call('SET', key, epoch, 'PX', life * 2)
  elseif redis.call('PTTL', key) < tonumber(life) then
    redis.call('PEXPIRE', key, life * 2)
  end
  return epoch
end
`;

/** The same as `stampOf`. */
export const stamp = `
local digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
local function stamp(epochs, length)
  local parts = ''
  for _, epoch in ipairs(epochs) do parts = parts .. string.sub(epoch, 1, length) end
  local hex, text = redis.sha1hex(parts), ''
  for place = 1, 10, 3 do
    local bits = tonumber(string.sub(hex, place, place + 2), 16)
    local high, low = math.floor(bits / 64) + 1, bits % 64 + 1
    text = text .. string.sub(digits, high, high) .. string.sub(digits, low, low)
  end
  return text
end
`;

/**
 * Returns the version of a stored line, an empty text for the first one, and the names of its principals, each followed
 * by a tab: client, user, organization and, in version 3, consent.
 */
export const namesIn = `
local function namesIn(line, start)
  local version, names, rest = string.match(line, start .. '(%d*)[ps]([^\\t]*\\t[^\\t]*\\t[^\\t]*\\t)()')
  if version == '3' then names = names .. (string.match(line, '^[^\\t]*\\t', rest) or '') end
  return version, names
end
`;

/**
 * Reads keys that the caller did not name, so only for a single server. `get` returns an empty text for what is absent,
 * and false for a key of another type; `epochsOf` the epochs of the principals with these names, as of `namesIn`.
 */
export const readEpochs = `
local known = {}
local function get(key)
  local value = redis.pcall('GET', key)
  if type(value) ~= 'table' then return value or '' end
  if string.find(value.err, 'WRONGTYPE', 1, true) then return false end
  return redis.call('GET', key) -- raises the error as Redis words it
end
local function epochOf(prefix, kind, name)
  local id = kind .. name
  if not known[id] then
    known[id] = get(prefix .. '{' .. kind .. '.' .. string.sub(redis.sha1hex(name), 1, 24) .. '}:e') or ''
  end
  return known[id]
end
local function epochsOf(prefix, names)
  local client, user, organization, consent = string.match(names, '^([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)')
  local epochs = { epochOf(prefix, 'c', client) }
  if user ~= '' then epochs[#epochs + 1] = epochOf(prefix, 'u', user) end
  if organization ~= '' then epochs[#epochs + 1] = epochOf(prefix, 'o', organization) end
  if consent ~= '' then epochs[#epochs + 1] = epochOf(prefix, 'k', consent) end
  return epochs
end
`;
