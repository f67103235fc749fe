-- Each thread has one connection and a file of requests of equal length, and looks at every answer.
-- Arguments: folder, length of a request, what is in each answer, "again" where the file may be sent more than once.

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(arguments)
  file = assert(io.open(arguments[1] .. "/" .. number, "rb"))
  length = tonumber(arguments[2])
  success = arguments[3]
  again = arguments[4] == "again"
  refused, exhausted, sample = 0, 0, ""
end

function request()
  local bytes = file:read(length)
  if not bytes and again then
    file:seek("set")
    bytes = file:read(length)
  end
  if not bytes then
    exhausted = 1
    file:seek("set")
    bytes = file:read(length)
    wrk.thread:stop()
  end
  return bytes
end

function response(status, headers, body)
  if status ~= 200 or not string.find(body, success, 1, true) then
    refused = refused + 1
    sample = status .. " " .. string.sub(body, 1, 300)
  end
end

function done(summary, latency, requests)
  local refused, exhausted, sample = 0, 0, ""
  for _, thread in ipairs(threads) do
    refused = refused + thread:get("refused")
    exhausted = exhausted + thread:get("exhausted")
    if sample == "" then sample = thread:get("sample") end
  end
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d %d %s\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    refused, exhausted, errors.connect + errors.read + errors.write + errors.timeout, sample))
end
