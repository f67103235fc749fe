-- Keep an entry under its id, at the cost of the account's oldest ones beyond ``most`` or ``bytes``.
local function keep(prefix, account, id, entry, most, bytes, overhead)
  local journal, sizes = prefix .. 'journal:' .. account, prefix .. 'journal-sizes'
  local packed = struct.pack('>I8', id) .. entry
  local length = redis.call('RPUSH', journal, packed)
  local size = redis.call('HINCRBY', sizes, account, #packed + overhead)
  while length > tonumber(most) or (size > tonumber(bytes) and length > 1) do
    size = redis.call('HINCRBY', sizes, account, -#redis.call('LPOP', journal) - overhead)
    length = length - 1
  end
  redis.call('ZADD', prefix .. 'journals', id, account)
end
