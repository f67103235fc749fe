-- KEYS: prefix. ARGV: account, id, entry, most entries, most bytes, overhead of an entry.
keep(KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5], ARGV[6])
