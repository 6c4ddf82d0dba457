-- What the policy says, checked. Errors name keys, never values: some of them are secret.

local event = require("./event")

local settings = {}

local KEY = "EventsWebhook"
local SECRET = "/etc/deskhook/secrets/events-webhook"
local KINDS = {
  Url = "string", Secret = "string", Events = "list", Include = "list", Headers = "object", TimeoutSeconds = "number",
  RetrySeconds = "number", KeepHours = "number", MaxQueue = "number",
}
local LOOPBACK = { ["127.0.0.1"] = true, ["[::1]"] = true, localhost = true }

local function wrong(name, wanted)
  error(KEY .. "." .. name .. " " .. wanted, 0)
end

local function check_url(url)
  local scheme, host = string.match(url, "^(%a+)://([^/?#]+)")
  if not host or string.find(host, "@", 1, true) then
    wrong("Url", "is an address without a user name, as in https://events.example.org/deskhook")
  end
  local plain = scheme == "http" and LOOPBACK[string.lower((string.gsub(host, ":%d+$", "")))]
  if scheme ~= "https" and not plain then
    wrong("Url", "begins with https://: events are not for everybody on the way")
  end
end

local function number(policy, name, range)
  local value = policy[name]
  if value == nil then
    return range.default
  end
  if value < range.from or value > range.to then
    wrong(name, "is a number from " .. range.from .. " to " .. range.to)
  end
  return math.floor(value)
end

-- A list of known words as a set.
local function set(list, name, known)
  local chosen = {}
  for _, word in ipairs(list) do
    if not known[word] then
      wrong(name, "does not know \"" .. tostring(word) .. "\"")
    end
    chosen[word] = true
  end
  return chosen
end

local function check_headers(lines)
  for name, line in pairs(lines) do
    if type(line) == "table" then
      wrong("Headers." .. name, "is a text")
    end
  end
  return lines
end

-- The bytes that sign: "whsec_" and base64 as Standard Webhooks has it, or any text of 16 bytes and
-- more; from the policy, else from the file that was written to the device when it was set up.
local function secret(policy)
  local text = policy.Secret
  if text == nil then
    local read, file = pcall(function()
      return deskhook.fs.read(SECRET)
    end)
    text = read and string.match(file, "^%s*(%S+)") or nil
  end
  if type(text) ~= "string" or #text < 16 then
    wrong("Secret", "or the first word of " .. SECRET .. " is a text of at least 16 bytes: it signs what is sent")
  end
  local encoded = string.match(text, "^whsec_(.+)$")
  local decoded, bytes = pcall(deskhook.base64.decode, encoded or "")
  if encoded and not decoded then
    wrong("Secret", "has no base64 behind whsec_")
  end
  return encoded and bytes or text
end

-- `section` of the policy, with the types that its keys have to have. What has another one is an
-- error, or left out where `complain` is told of it.
function settings.read(section, complain)
  return deskhook.policy.check(section, KEY, KINDS, complain)
end

-- What an event needs before it is kept; nil where nothing is to be sent.
function settings.to_keep(policy)
  if not policy.Url then
    return nil
  end
  return {
    events = policy.Events and set(policy.Events, "Events", event.TYPES) or event.TYPES,
    include = set(policy.Include or {}, "Include", event.PERSONAL),
    most = number(policy, "MaxQueue", { from = 1, to = 500, default = 100 }),
  }
end

-- What sending needs besides.
function settings.to_send(policy)
  check_url(policy.Url)
  return {
    url = policy.Url,
    headers = check_headers(policy.Headers or {}),
    secret = secret(policy),
    include = set(policy.Include or {}, "Include", event.PERSONAL),
    timeout = number(policy, "TimeoutSeconds", { from = 1, to = 8, default = 5 }),
    retry = number(policy, "RetrySeconds", { from = 1, to = 3600, default = 15 }),
    keep = number(policy, "KeepHours", { from = 1, to = 720, default = 24 }) * 3600,
  }
end

return settings
