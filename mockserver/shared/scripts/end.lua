-- Save, and unlock the store. KEYS: prefix. ARGV: whose lock; then of each command how many words, and the words.
-- Whether it still was that one's lock; else nothing has been done.
local lock = KEYS[1] .. 'lock'
if redis.call('GET', lock) ~= ARGV[1] then return 0 end
local place = 2
while place <= #ARGV do
  local words = tonumber(ARGV[place])
  redis.call(unpack(ARGV, place + 1, place + words))
  place = place + words + 1
end
return redis.call('DEL', lock)
