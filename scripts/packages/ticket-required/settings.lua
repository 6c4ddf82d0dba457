-- What the policy says, checked: what nobody can read is a no with a reason, and never the token.


local settings = {}

local KEY = "TicketRequired"
local SECRET = "/etc/deskhook/secrets/ticket-required"
local KINDS = {
  Pattern = "string", Example = "string", Url = "string", Token = "string", Headers = "object", StateField = "string",
  OpenStates = "list", PersonField = "string", WhenUnreachable = "string", TimeoutSeconds = "number", CacheSeconds = "number",
}
local LOOPBACK = { ["127.0.0.1"] = true, ["[::1]"] = true, localhost = true }

local function wrong(name, wanted)
  error(KEY .. "." .. name .. " " .. wanted, 0)
end

local function check_url(url)
  local scheme, host = string.match(url, "^(%a+)://([^/?#]+)")
  if not host or string.find(host, "@", 1, true) then
    wrong("Url", "is an address without a user name, as in https://tickets.example.org/api/{ticket}")
  end
  local plain = scheme == "http" and LOOPBACK[string.lower((string.gsub(host, ":%d+$", "")))]
  if scheme ~= "https" and not plain then
    wrong("Url", "begins with https://: a ticket and a token are not for everybody on the way")
  end
  if string.find(host, "{ticket}", 1, true) or not string.find(url, "{ticket}", 1, true) then
    wrong("Url", "has no {ticket} behind the host, so every ticket would be the same")
  end
end

-- The token of the policy, else the one that was written to the device when it was set up.
local function token(policy)
  if policy.Token ~= nil then
    return policy.Token ~= "" and policy.Token or wrong("Token", "is empty")
  end
  local read, text = pcall(function()
    return deskhook.fs.read(SECRET)
  end)
  return read and string.match(text, "^%s*(%S+)") or nil
end

-- The header lines, with the token where they say {token}, else as a bearer's (RFC 6750).
local function headers(policy)
  local secret, lines, used = token(policy), { accept = "application/json" }, false
  for name, line in pairs(policy.Headers or {}) do
    if type(line) == "table" then
      wrong("Headers." .. name, "is a text")
    end
    lines[string.lower(name)] = string.gsub(tostring(line), "{token}", function()
      used = true
      return secret or wrong("Headers", "wants a token: " .. KEY .. ".Token or the file " .. SECRET)
    end)
  end
  if secret and not used then
    lines.authorization = "Bearer " .. secret
  end
  return lines
end

local function number(policy, name, range)
  local value = policy[name]
  if value == nil then
    return range.default
  end
  if value < range.from or value > range.to then
    wrong(name, "is a number of seconds from " .. range.from .. " to " .. range.to)
  end
  return math.floor(value)
end

-- What `section` of the policy says.
function settings.read(section)
  local policy = deskhook.policy.check(section, KEY, KINDS)
  if policy.Url then
    check_url(policy.Url)
  end
  local unreachable = policy.WhenUnreachable or "deny"
  if unreachable ~= "deny" and unreachable ~= "ask" then
    wrong("WhenUnreachable", "is \"deny\" or \"ask\"")
  end
  return {
    pattern = policy.Pattern or "^%S+$",
    example = policy.Example or "INC0012345",
    url = policy.Url,
    headers = policy.Url and headers(policy),
    state_field = policy.StateField,
    open_states = policy.OpenStates or { "open" },
    person_field = policy.PersonField,
    when_unreachable = unreachable,
    timeout = number(policy, "TimeoutSeconds", { from = 1, to = 30, default = 10 }),
    cache = number(policy, "CacheSeconds", { from = 0, to = 86400, default = 0 }),
  }
end

-- Whether a number looks like one of a ticket. A pattern shows that it is none when it is used.
function settings.fits(ticket, desk)
  local matched, from = pcall(string.find, ticket, desk.pattern)
  if not matched then
    wrong("Pattern", "is no pattern of Lua; one is \"^INC%d+$\"")
  end
  return from ~= nil
end

return settings
