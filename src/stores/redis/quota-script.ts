import { HELD_DIVISOR } from '../../quotas/counter';
import { script } from './scripts';

/**
 * Takes requests from an allowance, as `takeRequests` in `quotas/counter.ts` does, by the clock of Redis. Without
 * requests to take it writes nothing. Returns what was granted, the rest of the window, and in milliseconds when it ends,
 * when a request can be taken, and how long unused ones are valid; or 'foreign'.
 * KEYS: counter, a string: end of the window and used requests, with a burst also level, instant, held requests and end of
 *       the period. ARGV: 1 requests, 2 milliseconds of a window, 3 burst or 0, 4 callers, 5 extra.
 */
export const takeFromQuota = script(`
local requests, per, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local callers, extra = tonumber(ARGV[4]), tonumber(ARGV[5])
local interval = per / requests
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local f = { 0, 0, 0, 0, 0, 0 }
local stored = redis.call('GET', KEYS[1])
if stored then
  if not string.match(stored, '^[%d. ]+$') then return 'foreign' end
  local position = 0
  for word in string.gmatch(stored, '%S+') do
    position = position + 1
    f[position] = tonumber(word) or 0
  end
end
local windowEnd, used, level, at, held, heldUntil = f[1], f[2], f[3], f[4], f[5], f[6]

if windowEnd <= now then windowEnd, used = now + per, 0 end
windowEnd = math.min(windowEnd, now + per)
local available = math.max(0, requests - used)
local holdable = extra
if burst > 0 then
  at = math.min(at, now)
  heldUntil = math.min(heldUntil, now + burst * interval / ${HELD_DIVISOR})
  level = math.max(held, math.min(level, burst) - math.max(0, math.min(now, heldUntil) - at) / interval)
  if heldUntil <= now then
    level = math.max(0, level - (now - math.max(at, heldUntil)) / interval)
    held, heldUntil = 0, 0
  end
  available = math.min(available, math.max(0, math.floor(burst - level)))
  holdable = math.max(0, math.floor(burst / ${HELD_DIVISOR}) - held)
end

local forCallers = math.min(callers, available)
local forLater = math.min(extra, available - forCallers, holdable)
used = used + forCallers + forLater
local validUntil = windowEnd
if burst > 0 then
  level = level + forCallers + forLater
  held = held + forLater
  if held > 0 and heldUntil == 0 then heldUntil = math.ceil(now + burst * interval / ${HELD_DIVISOR}) end
  validUntil = math.min(windowEnd, heldUntil)
end

local retryAfter = 0
if used >= requests then retryAfter = windowEnd - now end
if burst > 0 and level + 1 > burst then retryAfter = math.max(retryAfter, math.ceil((level + 1 - burst) * interval)) end

if callers + extra > 0 then
  if burst > 0 then
    local life = math.ceil(math.max(windowEnd - now, math.max(0, heldUntil - now) + level * interval))
    local value = string.format('%.0f %.0f %.6f %.0f %.0f %.0f', windowEnd, used, level, now, held, heldUntil)
    redis.call('SET', KEYS[1], value, 'PX', string.format('%.0f', life))
  else
    redis.call('SET', KEYS[1], string.format('%.0f %.0f', windowEnd, used), 'PX', string.format('%.0f', windowEnd - now))
  end
end
return { forCallers + forLater, math.max(0, requests - used), windowEnd - now, retryAfter, math.max(0, validUntil - now) }
`);
