import { NEW_STATE } from './code-records';
import { script } from './scripts';
import { namesIn, openEpoch, readEpochs, stamp } from './token-lua';

/** Lua: counts one more in a window that begins with the first. */
export const isLimited = `
local function isLimited(key, max, window)
  local count = redis.call('INCRBY', key, 1)
  if count == 1 then redis.call('PEXPIRE', key, window) end
  return count > tonumber(max)
end
`;

/**
 * Counts a code of a user and client, in a window that begins with the first. Returns 1, or `limited` if there are too
 * many.
 * KEYS: counter. ARGV: maximum number of codes, milliseconds of the window.
 */
export const countCode = script(`${isLimited}
if isLimited(KEYS[1], ARGV[1], ARGV[2]) then return 'limited' end
return 1
`);

/**
 * Stores a code under the present epochs of its principals, and counts it as `countCode` does. For a single server.
 * KEYS: 1 counter, 2 code, then the epochs of the principals.
 * ARGV: 1 maximum number of codes, 2 milliseconds of the window, 3 line, 4 milliseconds to live, 5 random text for a new
 *       epoch.
 */
export const saveCode = script(`${isLimited}${openEpoch}${stamp}
if isLimited(KEYS[1], ARGV[1], ARGV[2]) then return 'limited' end
local epochs = {}
for key = 3, #KEYS do epochs[#epochs + 1] = open(KEYS[key], ARGV[5], ARGV[4]) end
redis.call('SET', KEYS[2], ARGV[3] .. stamp(epochs, 9) .. '\\t\\n${NEW_STATE}', 'PX', ARGV[4])
return 1
`);

/**
 * Spends a code once: an attempt that is sent twice gets the same result, another one marks the code as reused. Returns
 * `spent`, `reused` or `unknown`. A full Redis cannot mark it, and does not spend a pending code; a reuse is returned
 * nevertheless, because a full Redis can still end the grant.
 * KEYS: code. ARGV: 1 attempt, 2 now (epoch milliseconds), 3 stamp of the present epochs, which a single server reads
 *       itself if it is empty.
 */
export const spendCode = script(`${namesIn}${readEpochs}${stamp}
local line, state, attempt = string.match(redis.call('GET', KEYS[1]) or '', '^([^\\n]*)\\n([psr])(.*)$')
local _, names = namesIn(line or '', '^')
if not names then return 'unknown' end
local present = ARGV[3]
if present == '' then
  local epochs = epochsOf(string.sub(KEYS[1], 1, -21), names)
  for _, epoch in ipairs(epochs) do if #epoch ~= 18 then return 'unknown' end end
  present = stamp(epochs, 9)
end
if string.match(line, '\\t([%w_%-]+)\\t$') ~= present then return 'unknown' end
if state == 'p' then
  local expires = tonumber(string.match(line, '^[^\\t]*\\t[^\\t]*\\t[^\\t]*\\t[^\\t]*\\t(%w+)\\t') or '', 36)
  if not expires or expires <= tonumber(ARGV[2]) then return 'unknown' end
  redis.call('SET', KEYS[1], line .. '\\ns' .. ARGV[1], 'KEEPTTL')
  return 'spent'
end
if attempt == ARGV[1] then return 'spent' end
redis.pcall('SET', KEYS[1], line .. '\\nr' .. attempt, 'KEEPTTL')
return 'reused'
`);

/**
 * Counts a wrong verifier of a pending code, and deletes the code at the maximum.
 * KEYS: code. ARGV: maximum number of wrong verifiers.
 */
export const countWrongVerifier = script(`
local line, wrong = string.match(redis.call('GET', KEYS[1]) or '', '^([^\\n]*)\\np(%d+)$')
if not line then return 0 end
if wrong + 1 >= tonumber(ARGV[1]) then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], line .. '\\np' .. string.format('%.0f', wrong + 1), 'KEEPTTL')
return 1
`);
