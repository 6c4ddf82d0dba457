-- Looks at the device before a session starts. See README.md for the policy.

local posture = require("./posture")
local settings = require("./settings")

-- What is wrong with the device: sentences, what has to be before what should be, and the worst mode.
local function look(wanted, os)
  local reasons, worst = { deny = {}, warn = {}, off = {} }, "off"
  for _, fact in ipairs(settings.FACTS) do
    local mode = wanted.checks[fact]
    if mode ~= "off" then
      local state, key, values = posture.judge(fact, deskhook.facts.get(fact), wanted.limits, os)
      if state == "unknown" then
        mode, key = wanted.unknown == "same" and mode or wanted.unknown, "unknown-" .. fact
      end
      if state ~= "fine" then
        reasons[mode][#reasons[mode] + 1] = deskhook.text(key, values)
        worst = (mode == "deny" or worst == "off") and mode or worst
      end
    end
  end
  local all = reasons.deny
  for _, reason in ipairs(reasons.warn) do
    all[#all + 1] = reason
  end
  return all, worst
end

deskhook.on("session.request", function(ctx)
  local wanted = settings.read(deskhook.policy.get("DevicePosture"))
  local reasons, worst = look(wanted, ctx.device.os)
  if worst == "off" then
    return nil
  end
  reasons[#reasons + 1] = wanted.help and deskhook.policy.text(wanted.help)
  local text = table.concat(reasons, " ")
  if worst == "deny" then
    return deskhook.deny{ code = "device-posture", message = deskhook.text("denied") .. " " .. text }
  end
  if wanted.warn == "ask" then
    return deskhook.ask{ title = deskhook.text("title"), message = text .. " " .. deskhook.text("ask") }
  end
  deskhook.log.warn("the device is not in order:", text)
  deskhook.request.notify{ title = deskhook.text("title"), message = text }
end)
