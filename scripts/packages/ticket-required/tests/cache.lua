local URL = "https://tickets.example/api/INC1"
local OPEN = { status = 200, body = { state = "open" } }

local function start(t, clock, seconds, more)
  t.clock(clock)
  local values = { Url = "https://tickets.example/api/{ticket}", StateField = "state", CacheSeconds = seconds }
  for name, value in pairs(more or {}) do
    values[name] = value
  end
  t.policy{ TicketRequired = values }
  return t.run("session.request", { ticket = "INC1" })
end

test("without the setting every request asks", function(t)
  t.http(URL, OPEN)
  t.allowed(start(t, "2026-11-23T10:00:00Z"))
  t.allowed(start(t, "2026-11-23T10:00:01Z"))
  t.equal(#t.http_calls(), 2)
  t.equal(t.stored("open"), nil)
end)

test("an open ticket is not asked for again for so long, also while the system is down", function(t)
  t.http(URL, { OPEN, { error = "connection refused" } })
  t.allowed(start(t, "2026-11-23T10:00:00Z", 300))
  t.allowed(start(t, "2026-11-23T10:04:59Z", 300))
  t.equal(#t.http_calls(), 1)
  t.denied(start(t, "2026-11-23T10:05:00Z", 300), "ticket-not-checked")
  t.equal(#t.http_calls(), 2)
end)

test("what was no is asked for again", function(t)
  t.http(URL, { { status = 404 }, OPEN })
  t.denied(start(t, "2026-11-23T10:00:00Z", 300), "ticket-unknown")
  t.allowed(start(t, "2026-11-23T10:00:01Z", 300))
end)

test("another person, address or setting is another question", function(t)
  t.http(URL, { OPEN, { status = 404 } })
  t.allowed(start(t, "2026-11-23T10:00:00Z", 300))
  t.denied(start(t, "2026-11-23T10:00:01Z", 300, { OpenStates = { "open", "new" } }), "ticket-unknown")
  t.person{ name = "robin" }
  t.denied(start(t, "2026-11-23T10:00:02Z", 300), "ticket-unknown")
end)

test("a clock that was set back keeps no ticket open", function(t)
  t.http(URL, { OPEN, { status = 404 } })
  t.allowed(start(t, "2026-11-23T10:00:00Z", 300))
  t.denied(start(t, "2026-11-20T10:00:00Z", 300), "ticket-unknown")
end)

test("the number of a ticket is not written to the disk, and what is over is forgotten", function(t)
  t.store{ open = { old = 1, ["also-old"] = 2 } }
  t.http(URL, OPEN)
  t.allowed(start(t, "2026-11-23T10:00:00Z", 60))
  local names = {}
  for name in pairs(t.stored("open")) do
    names[#names + 1] = name
  end
  t.equal({ #names, #names[1], (string.find(names[1], "INC", 1, true)) }, { 1, 64 })
end)
