local URL = "https://events.example/deskhook"

local function policy(t, more)
  local values = { Url = URL, Secret = "sixteen-or-more-bytes" }
  for name, value in pairs(more or {}) do
    values[name] = value
  end
  t.policy{ EventsWebhook = values }
end

local function happened(t, count)
  for number = 1, count do
    t.run("session.started", { session = "s-" .. number })
  end
end

local function ring(t, clock)
  t.clock("2026-11-23T" .. clock .. "Z")
  t.run("timer", {})
end

local function sessions(t)
  local list = {}
  for index, call in ipairs(t.http_calls()) do
    list[index] = deskhook.json.decode(call.body).data.session
  end
  return list
end

test("what was not taken goes again after twice as long each time, and nothing overtakes it", function(t)
  policy(t)
  t.clock("2026-11-23T10:00:00Z")
  happened(t, 2)
  t.http(URL, { { error = "connection refused" }, { status = 500 }, { status = 429 }, { status = 200 } })
  ring(t, "10:00:00")
  ring(t, "10:00:14")
  t.equal(#t.http_calls(), 1)
  ring(t, "10:00:15")
  ring(t, "10:00:44")
  t.equal(#t.http_calls(), 2)
  ring(t, "10:00:45")
  ring(t, "10:01:44")
  t.equal(sessions(t), { "s-1", "s-1", "s-1" })
  ring(t, "10:01:45")
  t.equal(sessions(t), { "s-1", "s-1", "s-1", "s-1", "s-2" })
  t.equal(t.stored("queue").failures, 0)
end)

test("a server may ask for more time", function(t)
  policy(t)
  t.clock("2026-11-23T10:00:00Z")
  happened(t, 1)
  t.http(URL, { { status = 503, headers = { ["retry-after"] = "120" } }, { status = 200 } })
  ring(t, "10:00:00")
  ring(t, "10:01:59")
  t.equal(#t.http_calls(), 1)
  ring(t, "10:02:00")
  t.equal(#t.http_calls(), 2)
end)

test("no pause is longer than an hour", function(t)
  policy(t, { RetrySeconds = 1800 })
  t.store{ queue = { next = 2, failures = 500, due = 0, dead = 0, events = {
    { id = "evt_1", type = "agent.started", timestamp = "x", sequence = 1, data = {}, personal = {}, kept_at = 1795428000 },
  } } }
  t.http(URL, { status = 500 })
  ring(t, "10:00:00")
  t.equal(t.stored("queue").due, 1795428000 + 3600)
end)

test("a call that ends in the middle counts as a failure", function(t)
  policy(t)
  t.clock("2026-11-23T10:00:00Z")
  happened(t, 1)
  t.grants{ "policy:EventsWebhook" }
  ring(t, "10:00:00")
  t.equal({ t.stored("queue").failures, t.stored("queue").due }, { 1, 1795428015 })
end)

test("a clock that was set back holds nothing up", function(t)
  policy(t)
  t.clock("2026-11-23T10:00:00Z")
  happened(t, 1)
  t.http(URL, { { status = 500 }, { status = 200 } })
  ring(t, "10:00:00")
  t.clock("2026-11-20T10:00:00Z")
  t.run("timer", {})
  t.equal(t.stored("queue").events, {})
end)

test("an event that the server refuses is kept apart, and the next one goes", function(t)
  policy(t)
  t.clock("2026-11-23T10:00:00Z")
  happened(t, 2)
  t.http(URL, { { status = 422 }, { status = 200 } })
  ring(t, "10:00:00")
  t.equal(sessions(t), { "s-1", "s-2" })
  local dead = t.stored("dead")
  t.equal({ #dead, dead[1].reason, dead[1].event.data.session }, { 1, "status 422", "s-1" })
  local fields = t.run("state.collect", {}).patch.fields
  t.equal(fields, {
    webhook_waiting = 0,
    webhook_dead = 1,
    webhook_last_dead = "session.started of 2026-11-23T10:00:00Z: status 422",
  })
end)

test("what nobody takes in time is kept apart, with the last reason", function(t)
  policy(t, { KeepHours = 1 })
  t.clock("2026-11-23T10:00:00Z")
  happened(t, 2)
  t.http(URL, { error = "connection refused" })
  ring(t, "10:00:00")
  t.clock("2026-11-23T10:59:00Z")
  happened(t, 1)
  ring(t, "11:00:01")
  t.equal({ #t.stored("queue").events, t.stored("queue").dead, #t.stored("dead") }, { 1, 2, 2 })
  t.equal(string.find(t.stored("dead")[1].reason, "connection refused", 1, true) ~= nil, true)
end)

test("a full queue gives up the oldest", function(t)
  policy(t, { MaxQueue = 3 })
  happened(t, 5)
  local waiting = t.stored("queue")
  t.equal({ #waiting.events, waiting.events[1].data.session, waiting.dead }, { 3, "s-3", 2 })
  t.equal(t.stored("dead")[1].reason, "the queue was full")
end)

test("a queue is never larger than the store takes, and the dead are not kept for ever", function(t)
  policy(t, { MaxQueue = 500, Include = { "program" } })
  local program = "/" .. string.rep("x", 1700)
  for number = 1, 60 do
    t.run("elevation.finished", { session = "s-" .. number, outcome = "granted", program = program })
  end
  local waiting = t.stored("queue")
  t.equal({ #deskhook.json.encode(waiting) < 57344, #waiting.events + waiting.dead, #t.stored("dead") }, { true, 60, 20 })
end)

test("what waits is told on the device's page, and no secret with it", function(t)
  policy(t, { Headers = { authorization = "Bearer t0k.en" } })
  happened(t, 2)
  t.http(URL, { error = "header Bearer t0k.en refused" })
  t.run("timer", {})
  local fields = t.run("state.collect", {}).patch.fields
  t.equal({ fields.webhook_waiting, fields.webhook_dead }, { 2, 0 })
  t.equal(fields.webhook_error, "POST https://events.example/deskhook: header Bearer *** refused")
  t.equal(string.find(table.concat(t.logs(), "\n"), "t0k.en", 1, true), nil)
end)

test("a long error is cut where a letter ends", function(t)
  policy(t)
  happened(t, 1)
  t.http(URL, { error = string.rep("\195\164", 5000) })
  t.run("timer", {})
  local text = t.run("state.collect", {}).patch.fields.webhook_error
  t.equal({ #text <= 303, string.sub(text, -3) }, { true, "..." })
end)

test("a header line of the organisation's goes along", function(t)
  policy(t, { Headers = { Authorization = "Bearer t0k.en", ["webhook-id"] = "forged" } })
  happened(t, 1)
  t.http(URL, { status = 200 })
  t.run("timer", {})
  local lines = t.http_calls()[1].headers
  t.equal({ lines.authorization, string.sub(lines["webhook-id"], 1, 4) }, { "Bearer t0k.en", "evt_" })
end)

test("a policy that nobody can read is told, and loses no event", function(t)
  for name, value in pairs{
    Url = "http://events.example/", Secret = "short", TimeoutSeconds = 60, RetrySeconds = 0, KeepHours = "1",
  } do
    policy(t, { [name] = value })
    happened(t, 1)
    t.run("timer", {})
    local fields = t.run("state.collect", {}).patch.fields
    t.equal({ name, string.find(fields.webhook_error, "EventsWebhook." .. name, 1, true) ~= nil }, { name, true })
  end
  policy(t, { Headers = { cookie = { "s3cret" } } })
  t.equal(t.run("state.collect", {}).patch.fields.webhook_error, "EventsWebhook.Headers.cookie is a text")
  policy(t, { Secret = "whsec_***not-base64***" })
  t.equal(t.run("state.collect", {}).patch.fields.webhook_error, "EventsWebhook.Secret has no base64 behind whsec_")
  t.equal({ #t.stored("queue").events, #t.http_calls() }, { 5, 0 })
  for name, value in pairs{ Events = { "timer" }, Headers = "x", Include = { "everything" }, MaxQueue = 0 } do
    policy(t, { [name] = value })
    happened(t, 1)
    local logs = t.logs()
    t.equal({ name, string.find(logs[#logs], "EventsWebhook." .. name, 1, true) ~= nil }, { name, true })
  end
end)
