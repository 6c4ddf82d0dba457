-- Sends what waits: one event after the other, signed as Standard Webhooks (standardwebhooks.com)
-- has it, and only when the one before it was taken.

local event = require("./event")
local queue = require("./queue")

local delivery = {}

-- Seconds. No server is left alone for longer, and no call goes on after that.
local LONGEST_PAUSE = 3600
local LONGEST_CALL = 1
-- Bytes.
local LONGEST_ERROR = 300
-- The server has understood these and will not have them: sending again changes nothing.
local REFUSED = { [400] = true, [413] = true, [422] = true }

local function from_hex(hex)
  return (string.gsub(hex, "..", function(pair)
    return string.char(tonumber(pair, 16))
  end))
end

local function headers(kept, body, settings, now)
  local lines = { ["content-type"] = "application/json" }
  for name, line in pairs(settings.headers) do
    lines[string.lower(name)] = tostring(line)
  end
  local signed = table.concat({ kept.id, now, body }, ".")
  local signature = from_hex(deskhook.hash.hmac_sha256(settings.secret, signed))
  lines["webhook-id"], lines["webhook-timestamp"] = kept.id, tostring(now)
  lines["webhook-signature"] = "v1," .. deskhook.base64.encode(signature)
  return lines
end

-- What the host said, at most so many bytes of it, without what the policy's header lines say behind
-- their last space.
local function without_secrets(text, lines)
  text = string.match(text, "deskhook%.http%.post: (.+)$") or text
  for _, line in pairs(lines) do
    local secret = string.match(tostring(line), "(%S+)%s*$")
    if secret then
      text = string.gsub(text, (string.gsub(secret, "%W", "%%%0")), "***")
    end
  end
  if #text > LONGEST_ERROR then
    text = string.gsub(string.sub(text, 1, LONGEST_ERROR), "[\128-\255]*$", "") .. "..."
  end
  return text
end

-- "taken", "refused" or "later"; why; and after how many seconds the server wants to be asked again.
local function send(kept, settings, now)
  local body = event.body(kept, settings.include)
  local options = { body = body, headers = headers(kept, body, settings, now), timeout = settings.timeout }
  local sent, answer = pcall(function()
    return deskhook.http.post(settings.url, options)
  end)
  if not sent then
    return "later", without_secrets(answer, settings.headers)
  end
  if answer.status >= 200 and answer.status < 300 then
    return "taken"
  end
  local outcome = REFUSED[answer.status] and "refused" or "later"
  return outcome, "status " .. answer.status, tonumber(answer.headers["retry-after"])
end

-- Twice as long with each failure.
local function pause(failures, settings)
  return math.min(settings.retry * 2 ^ math.min(failures - 1, 12), LONGEST_PAUSE)
end

-- Whether the first event is due. A pause that is too long was made before the clock was set back.
local function is_due(waiting, now)
  return waiting.events[1] ~= nil and (now >= waiting.due or waiting.due - now > LONGEST_PAUSE)
end

-- Sends the first event; whether the next one may follow.
local function deliver(waiting, settings, now)
  -- Written down before it is tried: a call that is ended in the middle counts as a failure, too.
  waiting.failures = waiting.failures + 1
  waiting.due = now + pause(waiting.failures, settings)
  queue.save(waiting)
  local outcome, why, after = send(waiting.events[1], settings, now)
  if outcome == "later" then
    waiting.due = math.max(waiting.due, now + math.min(after or 0, LONGEST_PAUSE))
    waiting.error = why
    deskhook.log.warn("an event was not taken:", why .. ";", #waiting.events, "wait, next try in", waiting.due - now, "s")
    queue.save(waiting)
    return false
  end
  waiting.failures, waiting.due, waiting.error = 0, 0, nil
  if outcome == "refused" then
    queue.bury(waiting, why)
  else
    table.remove(waiting.events, 1)
    queue.save(waiting)
  end
  return true
end

-- Sends what is due, as long as that goes quickly.
function delivery.run(settings)
  local begun, now, waiting = os.clock(), deskhook.time.now().unix, queue.load()
  while waiting.events[1] and waiting.events[1].kept_at + settings.keep < now do
    queue.bury(waiting, waiting.error or "nobody took it in time")
  end
  while is_due(waiting, now) and os.clock() - begun < LONGEST_CALL do
    if not deliver(waiting, settings, now) then
      return
    end
  end
end

return delivery
