-- Keeps remote sessions to the support desk's hours. See README.md for the policy.

local calendar = require("./calendar")
local settings = require("./settings")

-- "Monday, 16 November, at 08:00", on the desk's clock; where the device's shows another time, with
-- the zone.
local function in_words(opening, desk, now)
  local elsewhere = desk.zone and deskhook.time.now().offset ~= now.offset
  return deskhook.text(elsewhere and "opening-zone" or "opening", {
    day = deskhook.text("day-" .. opening.weekday),
    date = deskhook.time.format(opening, deskhook.text("date-pattern")),
    time = deskhook.time.format(opening, "%H:%M"),
    zone = desk.zone,
  })
end

local function message(desk, now)
  local parts = {}
  local holiday = calendar.holiday(desk, now)
  if holiday and holiday.name and #holiday.open == 0 then
    parts[#parts + 1] = deskhook.text("closed-holiday", { holiday = deskhook.policy.text(holiday.name) })
  else
    parts[#parts + 1] = deskhook.text("closed")
  end
  local opening = calendar.next_opening(desk, now)
  if opening then
    parts[#parts + 1] = deskhook.text("next-opening", { opening = in_words(opening, desk, now) })
  end
  if desk.contact then
    parts[#parts + 1] = deskhook.text("contact", { contact = deskhook.policy.text(desk.contact) })
  end
  return table.concat(parts, " ")
end

deskhook.on("session.request", function(ctx)
  local desk = settings.read(deskhook.policy.get("BusinessHours"), ctx.device.groups)
  local now = deskhook.time.now(desk.zone)
  if calendar.is_open(desk, now) then
    return deskhook.allow()
  end
  local text = message(desk, now)
  if desk.outside == "ask" then
    return deskhook.ask{
      title = deskhook.text("ask-title"),
      message = text .. " " .. deskhook.text("ask-anyway"),
    }
  end
  return deskhook.deny{ code = "outside-hours", message = text }
end)
