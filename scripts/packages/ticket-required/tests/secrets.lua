local URL = "https://tickets.example/api/INC1"
local FILE = "/etc/deskhook/secrets/ticket-required"

local function start(t, more)
  local values = { Url = "https://tickets.example/api/{ticket}" }
  for name, value in pairs(more) do
    values[name] = value
  end
  t.policy{ TicketRequired = values }
  return t.run("session.request", { ticket = "INC1" })
end

local function sent(t)
  local calls = t.http_calls()
  return calls[#calls].headers
end

test("a token goes along as a bearer's", function(t)
  t.http(URL, { status = 200, body = "{}" })
  t.allowed(start(t, { Token = "t0k-en" }))
  t.equal(sent(t), { accept = "application/json", authorization = "Bearer t0k-en" })
end)

test("or where a header line says so", function(t)
  t.http(URL, { status = 200, body = "{}" })
  t.allowed(start(t, { Token = "t0k%en", Headers = { ["X-Api-Key"] = "key={token}", Accept = "text/json" } }))
  t.equal(sent(t), { accept = "text/json", ["x-api-key"] = "key=t0k%en" })
end)

test("a token that was written to the device need not stand in the policy", function(t)
  t.files{ [FILE] = "fr0m-file\n" }
  t.http(URL, { status = 200, body = "{}" })
  t.allowed(start(t, {}))
  t.equal(sent(t).authorization, "Bearer fr0m-file")
  t.allowed(start(t, { Token = "t0k-en" }))
  t.equal(sent(t).authorization, "Bearer t0k-en")
end)

test("without the grant for the file there is no token", function(t)
  t.grants{ "policy:TicketRequired", "net:tickets.example" }
  t.files{ [FILE] = "fr0m-file" }
  t.http(URL, { status = 200, body = "{}" })
  t.allowed(start(t, {}))
  t.equal(sent(t).authorization, nil)
end)

test("a token is neither logged nor shown, whatever an error says", function(t)
  local more = { Token = "t0k.en+x", Headers = { ["x-key"] = "{token}", cookie = "id=s3cret" } }
  for _, answer in ipairs{
    { error = "header x-key: t0k.en+x t0k.en+x refused, cookie id=s3cret" }, { status = 401 }, { status = 500 },
    { status = 200, body = "t0k.en+x" },
  } do
    t.http(URL, answer)
    local result = start(t, more)
    t.denied(result, "ticket-not-checked")
    t.equal(string.find(result.message, "t0k", 1, true), nil)
  end
  local lines = table.concat(t.logs(), "\n")
  t.equal({ string.find(lines, "t0k.en", 1, true), string.find(lines, "s3cret", 1, true) }, {})
  t.equal(string.find(lines, "*** *** refused", 1, true) ~= nil, true)
  t.equal(string.find(lines, "it refuses the token, status 401", 1, true) ~= nil, true)
end)
