local URL = "https://tickets.example/api/tickets/INC0012345"

local function settings(t, more)
  local values = {
    Pattern = "^INC%d%d%d%d%d%d%d$",
    Url = "https://tickets.example/api/tickets/{ticket}",
    StateField = "result.state",
    OpenStates = { "open", "in progress" },
  }
  for name, value in pairs(more or {}) do
    values[name] = value
  end
  t.policy{ TicketRequired = values }
end

local function start(t, ticket)
  return t.run("session.request", { reason = "printer", ticket = ticket })
end

test("no ticket is a no", function(t)
  settings(t)
  local result = start(t, nil)
  t.denied(result, "ticket-missing")
  t.equal(result.message, "Remote support needs a ticket. Please give its number, for example INC0012345.")
  t.equal(t.http_calls(), {})
end)

test("a ticket that does not fit the pattern is not asked for", function(t)
  settings(t)
  t.denied(start(t, "INC1"), "ticket-malformed")
  t.denied(start(t, "../INC0012345"), "ticket-malformed")
  t.equal(t.http_calls(), {})
end)

test("an open ticket starts the session", function(t)
  settings(t)
  t.http(URL, { status = 200, body = { result = { state = "In Progress" } } })
  t.allowed(start(t, "INC0012345"))
  t.equal(t.http_calls()[1].headers, { accept = "application/json" })
end)

test("a closed ticket is a no", function(t)
  settings(t)
  t.http(URL, { status = 200, body = { result = { state = "resolved" } } })
  t.denied(start(t, "INC0012345"), "ticket-closed")
end)

test("an answer without a state is no open ticket", function(t)
  settings(t)
  for _, body in ipairs{ { error = "x" }, { result = {} }, { result = "open" }, { "result" } } do
    t.http(URL, { status = 200, body = body })
    t.denied(start(t, "INC0012345"), "ticket-unknown")
  end
end)

test("an unknown ticket is a no, in German", function(t)
  settings(t)
  t.person{ language = "de" }
  t.http(URL, { status = 404 })
  local result = start(t, "INC0012345")
  t.denied(result, "ticket-unknown")
  t.equal(result.message, "Das Ticketsystem kennt INC0012345 nicht. Bitte prüfen Sie die Nummer.")
end)

test("the state may stand in a list", function(t)
  settings(t, { StateField = "result[0].fields.state" })
  t.http(URL, { status = 200, body = { result = { { fields = { state = "open" } }, { fields = { state = "closed" } } } } })
  t.allowed(start(t, "INC0012345"))
  settings(t, { StateField = "result.1.fields.state" })
  t.denied(start(t, "INC0012345"), "ticket-closed")
end)

test("a ticket of somebody else is a no", function(t)
  settings(t, { PersonField = "result.caller" })
  t.http(URL, { body = { result = { state = "open", caller = "robin" } } })
  t.denied(start(t, "INC0012345"), "ticket-foreign")
  t.http(URL, { body = { result = { state = "open", caller = "Kim" } } })
  t.allowed(start(t, "INC0012345"))
end)

test("a ticket system that does not answer is a no", function(t)
  settings(t)
  for _, answer in ipairs{ { error = "connection refused" }, { status = 500 }, { status = 200, body = "<html>" } } do
    t.http(URL, answer)
    t.denied(start(t, "INC0012345"), "ticket-not-checked")
  end
  t.equal(#t.logs(), 3)
end)

test("or the person decides, where the policy says so", function(t)
  settings(t, { WhenUnreachable = "ask" })
  t.http(URL, { status = 503 })
  t.asked(start(t, "INC0012345"), "Ticket not checked")
end)

test("without an address the pattern is all that is checked", function(t)
  t.policy{ ["TicketRequired.Pattern"] = "^%d+$" }
  t.allowed(start(t, "4711"))
  t.denied(start(t, "x"), "ticket-malformed")
end)

test("a ticket cannot change the address that is asked", function(t)
  settings(t, { Pattern = "." })
  t.http("https://tickets.example/api/tickets/..%2F..%2Fadmin%3Fx%3D%251", { status = 404 })
  t.denied(start(t, "../../admin?x=%1"), "ticket-unknown")
end)

test("a host that the policy does not grant is never asked", function(t)
  settings(t)
  t.grants{ "policy:TicketRequired", "net:other.example" }
  t.denied(start(t, "INC0012345"), "ticket-not-checked")
  t.equal(t.http_calls(), {})
end)

test("a policy that nobody can read is a no that says what is wrong", function(t)
  for _, url in ipairs{
    "http://tickets.example/{ticket}", "https://kim:pass@tickets.example/{ticket}", "https://{ticket}.example/{ticket}",
    "https://tickets.example/all", "tickets.example/{ticket}",
  } do
    settings(t, { Url = url })
    local result = start(t, "INC0012345")
    t.failed(result, "TicketRequired.Url")
    t.equal(string.find(result.message, "pass", 1, true), nil)
  end
  for name, value in pairs{
    Pattern = "^(INC", WhenUnreachable = "allow", TimeoutSeconds = 0, CacheSeconds = "long", Token = "", OpenStates = "open",
    Headers = { ["x-key"] = "{token}" }, ["Headers.x"] = { 1 },
  } do
    settings(t, { [name] = value })
    t.failed(start(t, "INC0012345"), "TicketRequired." .. name)
  end
  t.equal(t.http_calls(), {})
end)

test("a gateway on the device itself may be asked without TLS", function(t)
  settings(t, { Url = "http://127.0.0.1:8080/{ticket}" })
  t.http("http://127.0.0.1:8080/INC0012345", { status = 200, body = { result = { state = "open" } } })
  t.allowed(start(t, "INC0012345"))
end)
