local URL = "https://events.example/deskhook"
local SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
local ROBIN = { name = "Robin Support", organisation = "Contoso", verified = true }

local function policy(t, more)
  local values = { Url = URL, Secret = SECRET }
  for name, value in pairs(more or {}) do
    values[name] = value
  end
  t.policy{ EventsWebhook = values }
end

local function sent(t, number)
  return deskhook.json.decode(t.http_calls()[number].body)
end

test("without an address nothing is kept and nothing sent", function(t)
  t.run("session.started", { session = "s-1" })
  t.run("timer", {})
  t.abstained(t.run("state.collect", {}))
  t.equal({ t.stored("queue"), #t.http_calls() }, { nil, 0 })
end)

test("every event says what happened, in order, and names nobody", function(t)
  policy(t)
  t.http(URL, { status = 204 })
  t.run("agent.started", {})
  t.run("address.reported", { client = "anydesk", address = "123 456 789" })
  t.run("session.started", { session = "s-1", client = "anydesk", started = "2026-11-23T10:00:00Z", supporter = ROBIN })
  t.run("elevation.finished", { session = "s-1", outcome = "granted", program = "/home/kim/bin/tool" })
  t.run("client.exited", { client = "anydesk", code = 0 })
  t.run("session.ended", { session = "s-1", client = "anydesk", outcome = "stopped", seconds = 60, supporter = ROBIN })
  t.run("agent.stopping", {})
  t.equal(#t.http_calls(), 0)
  t.run("timer", {})
  local types = {}
  for index, call in ipairs(t.http_calls()) do
    local event = deskhook.json.decode(call.body)
    types[index] = event.type
    t.equal({ event.sequence, event.device, event.personal, event.kept_at }, { index, "device-1", {} })
    for _, word in ipairs{ "kim", "Kim", "Robin", "PC-0815", "123 456", "tool" } do
      t.equal({ word, (string.find(call.body, word, 1, true)) }, { word })
    end
  end
  t.equal(types, { "agent.started", "address.reported", "session.started", "elevation.finished", "client.exited",
    "session.ended", "agent.stopping" })
  t.equal(sent(t, 6).data, { session = "s-1", client = "anydesk", outcome = "stopped", seconds = 60, started = "", ended = "" })
  t.equal(t.stored("queue").events, {})
end)

test("the policy switches on who it was", function(t)
  policy(t, { Include = { "person", "device", "groups", "supporter", "address", "program" } })
  t.device{ groups = { "Berlin" } }
  t.http(URL, { status = 200 })
  t.run("session.started", { session = "s-1", supporter = ROBIN })
  t.run("elevation.finished", { session = "s-1", outcome = "denied", program = "/bin/tool" })
  t.run("address.reported", { client = "vnc", address = "[::1]:5900" })
  t.run("timer", {})
  t.equal(sent(t, 1).personal, {
    person = { name = "kim", display_name = "Kim Example" },
    device = { name = "PC-0815" },
    groups = { "Berlin" },
    supporter = ROBIN,
  })
  t.equal({ sent(t, 2).personal.program, sent(t, 3).personal.address }, { "/bin/tool", "[::1]:5900" })
end)

test("what is switched off meanwhile is not sent any more", function(t)
  policy(t, { Include = { "person", "supporter" } })
  t.http(URL, { status = 200 })
  t.run("session.started", { session = "s-1", supporter = ROBIN })
  policy(t, { Include = { "supporter" } })
  t.run("timer", {})
  t.equal(sent(t, 1).personal, { supporter = ROBIN })
end)

test("only the events that the policy names", function(t)
  policy(t, { Events = { "session.ended" } })
  t.run("session.started", { session = "s-1" })
  t.run("session.ended", { session = "s-1" })
  t.equal(#t.stored("queue").events, 1)
end)

test("an event that is too long is told without who it was", function(t)
  policy(t, { Include = { "program" } })
  t.run("elevation.finished", { session = "s-1", outcome = "granted", program = "/" .. string.rep("x", 3000) })
  t.equal(t.stored("queue").events[1].personal, {})
end)

test("it is signed as Standard Webhooks has it", function(t)
  policy(t)
  t.clock("2026-11-23T10:00:00Z")
  t.http(URL, { status = 200 })
  t.run("agent.started", {})
  t.run("timer", {})
  local call = t.http_calls()[1]
  local lines = call.headers
  t.equal({ lines["content-type"], lines["webhook-timestamp"], lines["webhook-id"] },
    { "application/json", "1795428000", deskhook.json.decode(call.body).id })
  local key = deskhook.base64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
  local hex = deskhook.hash.hmac_sha256(key, lines["webhook-id"] .. ".1795428000." .. call.body)
  local bytes = deskhook.base64.decode(string.match(lines["webhook-signature"], "^v1,(.+)$"))
  t.equal(string.gsub(bytes, ".", function(byte)
    return string.format("%02x", string.byte(byte))
  end), hex)
end)

test("two events never have the same name, and one that is sent again keeps its own", function(t)
  policy(t)
  t.http(URL, { { status = 503 }, { status = 200 } })
  t.run("client.exited", { client = "vnc", code = 1 })
  t.run("client.exited", { client = "vnc", code = 1 })
  t.clock("2026-11-23T10:00:00Z")
  t.run("timer", {})
  t.clock("2026-11-23T10:00:15Z")
  t.run("timer", {})
  local ids = {}
  for index, call in ipairs(t.http_calls()) do
    ids[index] = call.headers["webhook-id"]
  end
  t.equal({ #ids, ids[1] == ids[2], ids[2] == ids[3] }, { 3, true, false })
end)

test("the signing secret may lie in a file", function(t)
  t.policy{ EventsWebhook = { Url = URL } }
  t.files{ ["/etc/deskhook/secrets/events-webhook"] = SECRET .. "\n" }
  t.http(URL, { status = 200 })
  t.run("agent.started", {})
  t.run("timer", {})
  t.equal(#t.http_calls(), 1)
end)
