import { script } from './scripts';

// Adds a grant to an owner's index, removes expired members, and lets the index live as long as its last member. ZADD
// must be the first write of a script: a full Redis refuses it there, but refuses nothing once a script has written.
const index = `
local function index(key, grant, expires, now)
  redis.call('ZADD', key, expires, grant)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  local life = math.max(1, expires - now)
  if redis.call('PTTL', key) < life then redis.call('PEXPIRE', key, life) end
end
`;

// Returns the epoch of a principal: creates it if there is none, and lets it live at least as long as the token. A
// missing epoch refuses, so it lives twice as long, and most tokens need not extend it.
const openEpoch = `
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

// The same as `stampOf`.
const stamp = `
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

// Stores the tokens of a grant. Arguments as of `saveGrant`.
const write = `${index}${openEpoch}${stamp}
local function write(before)
  local indexes = tonumber(ARGV[8])
  for key = 3, indexes + 2 do index(KEYS[key], ARGV[1], ARGV[2], ARGV[3]) end
  local access, refresh = ARGV[9], ARGV[10]
  if access == '' then
    local epochs = {}
    for key = indexes + 3, #KEYS do table.insert(epochs, open(KEYS[key], ARGV[11], ARGV[12])) end
    access = stamp(epochs, 18)
    if ARGV[6] ~= '' then refresh = stamp(epochs, 9) end
  end
  if tonumber(ARGV[5]) > 0 then redis.call('SET', KEYS[1], ARGV[4] .. access .. '\\t' .. before, 'PX', ARGV[5]) end
  if ARGV[6] ~= '' then
    local live, spent = string.match(ARGV[6], '^([^\\n]*)(.*)$')
    redis.call('SET', KEYS[2], live .. refresh .. '\\t' .. spent, 'PX', ARGV[7])
  end
end
`;

/**
 * Adds a grant to the indexes of its owners.
 * KEYS: indexes. ARGV: 1 grant id, 2 its expiry, 3 now (both epoch milliseconds).
 */
export const indexGrant = script(`${index}
for _, key in ipairs(KEYS) do index(key, ARGV[1], ARGV[2], ARGV[3]) end
return 1
`);

/**
 * Returns the epoch of a principal, for a grant that is stored on another server.
 * KEYS: epoch. ARGV: random text for a new one, milliseconds that it must live.
 */
export const openOneEpoch = script(`${openEpoch}
return open(KEYS[1], ARGV[1], ARGV[2])
`);

/**
 * Stores a new grant under the present epochs of its principals, after adding it to the indexes that are on the same
 * server.
 * KEYS: 1 access, 2 refresh, then indexes, then the epochs of client, user and organization.
 * ARGV: 1 to 3 as `indexGrant`, 4 access line, 5 its milliseconds to live, 6 refresh lines or an empty text, 7 its
 *       milliseconds to live, 8 number of indexes, 9 stamp of the access token and 10 of the refresh token, both empty
 *       if the epochs are among the keys, 11 random text for a new epoch, 12 milliseconds that the epochs must live.
 */
export const saveGrant = script(`${write}
write('')
return 1
`);

/**
 * Replaces the live refresh token, unless an epoch of the grant was replaced. The caller chooses the successor's digest,
 * so a script that is sent twice finds it in place and returns the same, while a second use of the token has another
 * successor and gets `spent`.
 * KEYS: as `saveGrant`.
 * ARGV: 1 to 12 as `saveGrant`, of the successors; 13 digest of the successor, 14 digest of the live token, 15 end of
 *       the earlier access token's grace window (epoch milliseconds), 16 channel of changes.
 */
export const rotateGrant = script(`${write}
local state = string.match(redis.call('GET', KEYS[2]) or '', '^[^\\n]*')
local live, expires, version = string.match(state, '^([^\\t]+)\\t(%w+)\\t(%d?)')
if not live or tonumber(expires, 36) <= tonumber(ARGV[3]) then return 'unknown' end
if ARGV[9] == '' then
  local epochs = {}
  for key = tonumber(ARGV[8]) + 3, #KEYS do
    local epoch = redis.call('GET', KEYS[key]) or ''
    if version == '' and string.sub(epoch, 1, 1) == '1' or version ~= '' and #epoch ~= 18 then return 'unknown' end
    table.insert(epochs, epoch)
  end
  if version ~= '' and stamp(epochs, 9) ~= string.match(state, '\\t([%w_%-]+)\\t$') then return 'unknown' end
end
if live == ARGV[13] then return 'rotated' end
if live ~= ARGV[14] then return 'spent' end
local before = redis.call('GET', KEYS[1])
write(before and '\\n' .. ARGV[15] .. ' ' .. string.match(before, '^[^\\n]*') or '')
local announced = redis.pcall('PUBLISH', ARGV[16], ARGV[1])
if type(announced) == 'table' and announced.err then return 'unannounced' end
return 'rotated'
`);

/**
 * Reads tokens with the epochs of their principals, whose names are in the values. Returns for each key its value and
 * the epochs, separated by tabs; what is absent is an empty text, and a key of another type is nil. Only for a single
 * server.
 * KEYS: access or refresh keys of grants.
 */
export const readTokens = script(`
local known = {}
local function get(key)
  local value = redis.pcall('GET', key)
  if type(value) ~= 'table' then return value or '' end
  if string.find(value.err, 'WRONGTYPE', 1, true) then return false end
  return redis.call('GET', key) -- raises the error as Redis words it
end
local function epoch(prefix, kind, name)
  local id = kind .. name
  if not known[id] then
    known[id] = get(prefix .. '{' .. kind .. '.' .. string.sub(redis.sha1hex(name), 1, 24) .. '}:e') or ''
  end
  return known[id]
end
local replies = {}
for position, key in ipairs(KEYS) do
  local value = get(key)
  replies[2 * position - 1] = value
  local start = string.sub(key, -2) == ':r' and '^[^\\t]*\\t[^\\t]*\\t' or '^'
  local client, user, organization = string.match(value or '', start .. '%d*[ps]([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)\\t')
  local epochs = ''
  if client then
    local prefix = string.sub(key, 1, -21)
    epochs = epoch(prefix, 'c', client)
    if user ~= '' then epochs = epochs .. '\\t' .. epoch(prefix, 'u', user) end
    if organization ~= '' then epochs = epochs .. '\\t' .. epoch(prefix, 'o', organization) end
  end
  replies[2 * position] = epochs
end
return replies
`);

/**
 * Replaces the epoch of a principal and announces it in the same step, so that no gate is notified before its tokens
 * have ended. A full Redis refuses the new epoch: then the old one is deleted, and a missing epoch ends as much. Returns 1
 * if there was an epoch, else 0.
 * KEYS: epoch. ARGV: random text, what ends (`grants` or `access`), milliseconds to live, channel of changes,
 *       announcement.
 */
export const replaceEpoch = script(`
local before = redis.call('GET', KEYS[1])
local all = string.match(before or '', '^(.........).........$')
if ARGV[2] == 'grants' then all = '1' .. string.sub(ARGV[1], 1, 8) end
local epoch = (all or '0' .. string.sub(ARGV[1], 1, 8)) .. '1' .. string.sub(ARGV[1], 9, 16)
local life = math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[3]))
local written = redis.pcall('SET', KEYS[1], epoch, 'PX', life)
if written.err then redis.call('DEL', KEYS[1]) end
local announced = redis.pcall('PUBLISH', ARGV[4], ARGV[5])
if type(announced) == 'table' and announced.err then return 'unannounced' end
return before and 1 or 0
`);

/**
 * Deletes the keys and announces it in the same step, so that no gate is notified before the tokens have ended. If
 * Redis does not permit the announcement, returns `unannounced`, and the tokens stay ended.
 * KEYS: access, and refresh if that is to end as well. ARGV: channel of changes, grant id.
 */
export const endGrant = script(`
local ended = redis.call('DEL', unpack(KEYS))
local announced = redis.pcall('PUBLISH', ARGV[1], ARGV[2])
if type(announced) == 'table' and announced.err then return 'unannounced' end
return ended
`);
