-- When a desk is there. Hours are moments, not numbers on a clock: so a night in which the clocks
-- change has no hour twice, and none that nobody opens.

local holidays = require("./holidays")
local spans = require("./spans")

local calendar = {}

local SECONDS = 24 * 60 * 60
-- How far ahead the next opening is looked for.
local MOST_DAYS = 120

-- Noon of a day, so many days after `date`: it is on that day whatever the clocks do at night.
local function noon(desk, date, ahead)
  local unix = deskhook.time.parse(date .. "T12:00:00", desk.zone).unix + ahead * SECONDS
  return deskhook.time.parse(deskhook.time.format(unix, "%Y-%m-%dT12:00:00", desk.zone), desk.zone)
end

-- The time that many minutes after the midnight in which `day` begins, as clocks show it.
local function at(desk, day, minute)
  local date = day.date
  if minute >= spans.DAY then
    date, minute = noon(desk, date, 1).date, minute - spans.DAY
  end
  local clock = string.format("T%02d:%02d:00", math.floor(minute / 60), minute % 60)
  return deskhook.time.parse(date .. clock, desk.zone)
end

-- The holiday that the day is, or nil.
function calendar.holiday(desk, day)
  return holidays.find(desk.holidays, day.date)
end

local function hours(desk, day)
  local holiday = calendar.holiday(desk, day)
  return holiday and holiday.open or desk.open[day.weekday] or {}
end

-- Hours that began on the day before count too: they may go on past midnight.
function calendar.is_open(desk, now)
  for ahead = -1, 0 do
    local day = noon(desk, now.date, ahead)
    for _, span in ipairs(hours(desk, day)) do
      if at(desk, day, span.from).unix <= now.unix and now.unix < at(desk, day, span.to).unix then
        return true
      end
    end
  end
  return false
end

-- The time of the next opening, or nil where there is none for months.
function calendar.next_opening(desk, now)
  for ahead = 0, MOST_DAYS do
    local day = noon(desk, now.date, ahead)
    for _, span in ipairs(hours(desk, day)) do
      local opening = at(desk, day, span.from)
      if opening.unix > now.unix then
        return opening
      end
    end
  end
  return nil
end

return calendar
