-- Keeps remote sessions to the support desk's hours. See README.md for the policy.

local calendar = require("./calendar")

local OUTCOMES = { deny = true, ask = true }

-- "Monday, 08:00", in the person's language and the desk's zone.
local function in_words(time)
  local day = deskhook.text("day-" .. string.lower(calendar.DAYS[time.weekday]))
  return deskhook.text("opening", {
    day = day,
    date = deskhook.time.format(time, deskhook.text("date-pattern")),
    time = deskhook.time.format(time, "%H:%M"),
  })
end

local function message(desk, now, contact)
  local parts = {}
  local holiday = calendar.holiday(desk, now)
  if holiday and holiday ~= "" then
    parts[#parts + 1] = deskhook.text("closed-holiday", { holiday = holiday })
  else
    parts[#parts + 1] = deskhook.text("closed")
  end
  local opening = calendar.next_opening(desk, now)
  if opening then
    parts[#parts + 1] = deskhook.text("next-opening", { opening = in_words(opening) })
  end
  if contact then
    parts[#parts + 1] = deskhook.text("contact", { contact = contact })
  end
  return table.concat(parts, " ")
end

deskhook.on("session.request", function()
  local settings = deskhook.policy.get("BusinessHours") or {}
  local outside = settings.Outside or "deny"
  if not OUTCOMES[outside] then
    error("BusinessHours.Outside is \"deny\" or \"ask\", not \"" .. tostring(outside) .. "\"", 0)
  end
  local desk = calendar.read(settings)
  local now = deskhook.time.now(desk.zone)
  if calendar.is_open(desk, now) then
    return deskhook.allow()
  end
  local text = message(desk, now, settings.Contact)
  if outside == "ask" then
    return deskhook.ask{
      title = deskhook.text("ask-title"),
      message = text .. " " .. deskhook.text("ask-anyway"),
    }
  end
  return deskhook.deny{ code = "outside-hours", message = text }
end)
