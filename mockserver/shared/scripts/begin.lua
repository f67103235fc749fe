-- Lock the store, and read what all accounts share. KEYS: prefix. ARGV: whose lock, for how many milliseconds, the
-- version that is known. Nothing where another holds the lock; else the number of this transaction, the version there is,
-- and the document where that is not known.
if not redis.call('SET', KEYS[1] .. 'lock', ARGV[1], 'NX', 'PX', ARGV[2]) then return false end
local found = redis.call('HMGET', KEYS[1] .. 'server', 'version', 'document')
if found[1] == ARGV[3] then found[2] = false end
return {redis.call('INCR', KEYS[1] .. 'transactions'), found[1], found[2]}
