import { grantLimits, MAX_SURPLUS } from './grant-limit-lua';
import { SCORE_UNIT } from './grant-scores';
import { script } from './scripts';
import { index, namesIn, openEpoch, readEpochs, stamp } from './token-lua';

// Stores the tokens of a grant. Arguments as of `saveGrant`.
const write = `${index}${openEpoch}${stamp}
local function write(before)
  local indexes = tonumber(ARGV[8])
  for key = 3, indexes + 2 do
    index(KEYS[key], ARGV[1], key == 3 and 0 or tonumber(ARGV[13]), ARGV[2], ARGV[3])
  end
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
 * Adds a grant to the index of an owner, unless too many others are listed. Returns 1, or `refused`.
 * KEYS: index. ARGV: 1 grant id, 2 its expiry, 3 now (both epoch milliseconds), 4 base of its score, 5
 *       maximum number of grants, empty for any number.
 */
export const indexGrant = script(`${index}
if ARGV[5] ~= '' and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  if redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[3], '+inf') >= tonumber(ARGV[5]) then return 'refused' end
end
index(KEYS[1], ARGV[1], tonumber(ARGV[4]), ARGV[2], ARGV[3])
return 1
`);

const surplus = `
local from = string.format('(%.0f', ARGV[2] + ARGV[3])
local to = string.format('(%.0f', ARGV[2] + ${SCORE_UNIT})
local over = redis.call('ZCOUNT', KEYS[1], from, to) - ARGV[4]
local listed = {}
if over > 0 then listed = redis.call('ZRANGEBYSCORE', KEYS[1], from, to, 'LIMIT', 0, ARGV[4] + ${MAX_SURPLUS}) end
`;

/**
 * Returns the grants of a user and client that are listed, those that expire first, if there are more than the maximum;
 * nil if the new one is not listed any more, because others have taken its place. For a Cluster, after it was stored.
 * KEYS: index of the user. ARGV: 1 grant id, 2 base of the client's scores, 3 now (epoch milliseconds), 4 maximum number
 *       of grants.
 */
export const listSurplus = script(`
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return false end
${surplus}
return listed
`);

/**
 * Removes as many of these grants as are listed beyond the maximum, those that expire first and never the new one, and
 * returns them.
 * KEYS, ARGV: as `listSurplus`, then grants that are of another client with the same scores.
 */
export const removeSurplus = script(`
${surplus}
local foreign, removed = {}, {}
for place = 5, #ARGV do foreign[ARGV[place]] = true end
for _, grant in ipairs(listed) do if foreign[grant] then over = over - 1 end end
for _, grant in ipairs(listed) do
  if #removed < math.min(over, ${MAX_SURPLUS}) and grant ~= ARGV[1] and not foreign[grant] then
    redis.call('ZREM', KEYS[1], grant)
    table.insert(removed, grant)
  end
end
return removed
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
 * server, and applies the limits on grants there. Returns `refused`, or `saved` or `unannounced` and then the grants that
 * have ended for the new one.
 * KEYS: 1 access, 2 refresh, then the indexes of client and user, then the epochs of the principals.
 * ARGV: 1 grant id, 2 its expiry, 3 now (both epoch milliseconds), 4 access line, 5 its milliseconds to live, 6 refresh
 *       lines or an empty text, 7 its milliseconds to live, 8 number of indexes, 9 stamp of the access token and 10 of the
 *       refresh token, both empty if the epochs are among the keys, 11 random text for a new epoch, 12 milliseconds that
 *       the epochs must live, 13 base of the client's scores in the index of the user, 14 maximum number of grants of
 *       the client and 15 of the user and client, each empty for any number, 16 channel of changes.
 */
export const saveGrant = script(`${write}${namesIn}${readEpochs}${grantLimits}
local indexes = tonumber(ARGV[8])
if indexes > 0 and ARGV[14] ~= '' and not hasRoom(KEYS[3], ARGV[3], tonumber(ARGV[14])) then return { 'refused' } end
write('')
local reply = { 'saved' }
if indexes < 2 or ARGV[15] == '' then return reply end
for _, grant in ipairs(endOldest(KEYS[4], tonumber(ARGV[13]), ARGV[3], tonumber(ARGV[15]))) do
  table.insert(reply, grant)
  local announced = redis.pcall('PUBLISH', ARGV[16], grant)
  if type(announced) == 'table' and announced.err then reply[1] = 'unannounced' end
end
return reply
`);

/**
 * Replaces the live refresh token, unless an epoch of the grant was replaced. The caller chooses the successor's digest,
 * so a script that is sent twice finds it in place and returns the same, while a second use of the token has another
 * successor and gets `spent`.
 * KEYS: as `saveGrant`.
 * ARGV: 1 to 13 as `saveGrant`, of the successors; 14 digest of the successor, 15 digest of the live token, 16 end of
 *       the earlier access token's grace window (epoch milliseconds), 17 channel of changes.
 */
export const rotateGrant = script(`${write}
local state = string.match(redis.call('GET', KEYS[2]) or '', '^[^\\n]*')
local live, expires, version = string.match(state, '^([^\\t]+)\\t(%w+)\\t(%d?)')
if not live or tonumber(expires, 36) <= tonumber(ARGV[3]) then return 'unknown' end
local present = ARGV[10]
if ARGV[9] == '' then
  local epochs = {}
  for key = tonumber(ARGV[8]) + 3, #KEYS do
    local epoch = redis.call('GET', KEYS[key]) or ''
    if version == '' and string.sub(epoch, 1, 1) == '1' or version ~= '' and #epoch ~= 18 then return 'unknown' end
    table.insert(epochs, epoch)
  end
  present = stamp(epochs, 9)
end
if version ~= '' and present ~= string.match(state, '\\t([%w_%-]+)\\t$') then return 'unknown' end
if live == ARGV[14] then return 'rotated' end
if live ~= ARGV[15] then return 'spent' end
local before = redis.call('GET', KEYS[1])
write(before and '\\n' .. ARGV[16] .. ' ' .. string.match(before, '^[^\\n]*') or '')
local announced = redis.pcall('PUBLISH', ARGV[17], ARGV[1])
if type(announced) == 'table' and announced.err then return 'unannounced' end
return 'rotated'
`);

/**
 * Reads tokens with the epochs of their principals, whose names are in the values. Returns for each key its value and
 * the epochs, separated by tabs; what is absent is an empty text, and a key of another type is nil. Only for a single
 * server.
 * KEYS: keys of grants: of access tokens, refresh states or codes.
 */
export const readTokens = script(`${namesIn}${readEpochs}
local replies = {}
for position, key in ipairs(KEYS) do
  local value = get(key)
  local _, names = namesIn(value or '', string.sub(key, -2) == ':r' and '^[^\\t]*\\t[^\\t]*\\t' or '^')
  replies[2 * position - 1] = value
  replies[2 * position] = names and table.concat(epochsOf(string.sub(key, 1, -21), names), '\\t') or ''
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
