import { script } from './scripts';

/**
 * Adds tallies to the blocks of each resolution. A field whose value is of another format is left as it is.
 * KEYS: the block of each resolution, a hash. ARGV: seconds to live of each, then for each tally its field in each block
 * and its counts, separated by commas.
 */
export const addUsage = script(`
local levels = #KEYS
for index = levels + 1, #ARGV, levels + 1 do
  local added = {}
  for count in string.gmatch(ARGV[index + levels], '%d+') do added[#added + 1] = tonumber(count) end
  for level = 1, levels do
    local field = ARGV[index + level - 1]
    local stored = redis.call('HGET', KEYS[level], field)
    if not stored or string.match(stored, '^1 [%d,]+$') then
      local sums = {}
      for count in string.gmatch(string.sub(stored or '1 ', 3), '%d+') do sums[#sums + 1] = tonumber(count) end
      for position = 1, math.max(#sums, #added) do
        sums[position] = string.format('%.0f', (sums[position] or 0) + (added[position] or 0))
      end
      redis.call('HSET', KEYS[level], field, '1 ' .. table.concat(sums, ','))
    end
  end
end
for level = 1, levels do redis.call('EXPIRE', KEYS[level], ARGV[level]) end
return 1
`);

/**
 * Adds refusals, and drops those whose last one is the oldest.
 * KEYS: refusals of an application, a hash. ARGV: seconds to live, number of refusals to keep, then for each refusal its
 * field, its count and the instant of its last one in milliseconds.
 */
export const noteRefusals = script(`
local function read(value) return string.match(value or '', '^(%d+) (%d+)$') end
for index = 3, #ARGV, 3 do
  local count, at = read(redis.call('HGET', KEYS[1], ARGV[index]))
  local sum = string.format('%.0f', (tonumber(count) or 0) + tonumber(ARGV[index + 1]))
  local last = string.format('%.0f', math.max(tonumber(at) or 0, tonumber(ARGV[index + 2])))
  redis.call('HSET', KEYS[1], ARGV[index], sum .. ' ' .. last)
end
local all = redis.call('HGETALL', KEYS[1])
local entries = {}
for index = 1, #all, 2 do
  local _, at = read(all[index + 1])
  entries[#entries + 1] = { all[index], tonumber(at) or 0 }
end
table.sort(entries, function(one, other) return one[2] > other[2] end)
for index = tonumber(ARGV[2]) + 1, #entries do redis.call('HDEL', KEYS[1], entries[index][1]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
`);

/**
 * Returns all fields and values as one list: drivers give the reply to HGETALL itself another form.
 * KEYS: a block, or the refusals of an application.
 */
export const readUsage = script(`return redis.call('HGETALL', KEYS[1])`);
