-- Accept a request that was found good: use up its nonce, count it, keep its entry, all or nothing.
-- KEYS: prefix. ARGV: the versions of server and account that it was judged by; the account; the nonce's field, the
-- nonce in 20 digits, how it is remembered; the counter's kind and field, its maximum, its decay or window, the cost and
-- the time in microseconds; the field of the last call, the call; the entry and its bounds.
-- Returns the entry's id, or 0 where it is not so simple and nothing has been done; nothing while the store is locked.
local prefix = KEYS[1]
local server_version, tenant_version, account = ARGV[1], ARGV[2], ARGV[3]
local nonce_field, nonce, remembered = ARGV[4], ARGV[5], ARGV[6]
local kind, counter, maximum, rate, cost, now = ARGV[7], ARGV[8], tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
local tenant, recent = prefix .. 'tenant:' .. account, prefix .. 'recent:' .. account

if redis.call('EXISTS', prefix .. 'lock') == 1 then return false end
if redis.call('HGET', prefix .. 'server', 'version') ~= server_version then return 0 end
local found = redis.call('HMGET', tenant, 'version', nonce_field, counter)
if account ~= '' and found[1] ~= tenant_version then return 0 end
if nonce ~= '' and found[2] and nonce <= found[2] then return 0 end
if remembered ~= '' and redis.call('LLEN', recent) >= 20000 then return 0 end

local counted
if kind ~= '' then
  local first, second = string.match(found[3] or '0 0', '(%-?%d+) (%-?%d+)')
  first, second = tonumber(first), tonumber(second)
  if kind == 'spot' then
    local units = math.max(0, first - math.max(0, now - second) * rate) + cost
    if units > maximum then return 0 end
    counted = string.format('%.0f %.0f', units, now)
  else
    if not found[3] or math.abs(now - first) >= rate then first, second = now, 0 end
    if second + cost > maximum then return 0 end
    counted = string.format('%.0f %.0f', first, second + cost)
  end
  redis.call('HSET', tenant, counter, counted)
end
if nonce ~= '' then redis.call('HSET', tenant, nonce_field, nonce) end
if remembered ~= '' then redis.call('RPUSH', recent, remembered) end

local id = redis.call('INCR', prefix .. 'ids')
if ARGV[13] ~= '' then redis.call('HSET', tenant, ARGV[13], struct.pack('>I8', id) .. ARGV[14]) end
keep(prefix, account, id, ARGV[15], ARGV[16], ARGV[17], ARGV[18])
return id
