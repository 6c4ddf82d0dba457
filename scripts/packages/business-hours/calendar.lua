-- When the support desk is there. Knows nothing of hooks or texts.

local calendar = {}

local DAY = 24 * 60 * 60
-- How far ahead the next opening is looked for.
local MOST_DAYS = 60

calendar.DAYS = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" }

local WORKDAYS = {
  Monday = "08:00-17:00",
  Tuesday = "08:00-17:00",
  Wednesday = "08:00-17:00",
  Thursday = "08:00-17:00",
  Friday = "08:00-17:00",
}

local function minutes(text, key)
  local hour, minute = string.match(text, "^(%d%d?):(%d%d)$")
  hour, minute = tonumber(hour), tonumber(minute)
  if not hour or minute > 59 or hour * 60 + minute > DAY / 60 then
    error(key .. ": \"" .. text .. "\" is no time of day; one is \"08:00\"", 0)
  end
  return hour * 60 + minute
end

-- "08:00-12:00, 13:00-17:00" as a list of {from, to} in minutes.
local function spans(text, key)
  local list = {}
  if type(text) ~= "string" then
    error(key .. " is a text such as \"08:00-12:00, 13:00-17:00\"", 0)
  end
  for part in string.gmatch(text, "[^,]+") do
    local from, to = string.match(part, "^%s*([%d:]+)%s*%-%s*([%d:]+)%s*$")
    if not from then
      error(key .. ": \"" .. part .. "\" is no span of time; one is \"08:00-17:00\"", 0)
    end
    local span = { from = minutes(from, key), to = minutes(to, key) }
    if span.to <= span.from then
      error(key .. ": \"" .. part .. "\" ends before it begins", 0)
    end
    list[#list + 1] = span
  end
  table.sort(list, function(a, b)
    return a.from < b.from
  end)
  return list
end

-- "2026-12-24" is that day; "12-25" is that day of every year.
local function holidays(list)
  local days = {}
  for index, entry in ipairs(list or {}) do
    local day = type(entry) == "table" and entry.Date or entry
    local known = type(day) == "string"
      and (string.match(day, "^%d%d%d%d%-%d%d%-%d%d$") or string.match(day, "^%d%d%-%d%d$"))
    if not known then
      error("BusinessHours.Holidays, entry " .. index .. ": a day is \"2026-12-24\" or, every year, \"12-25\"", 0)
    end
    days[day] = type(entry) == "table" and entry.Name or ""
  end
  return days
end

-- What the policy says, checked: a desk whose hours nobody can read is closed with a reason.
function calendar.read(settings)
  settings = settings or {}
  local open = {}
  for day, text in pairs(settings.Open or WORKDAYS) do
    local known = false
    for _, name in ipairs(calendar.DAYS) do
      known = known or name == day
    end
    if not known then
      error("BusinessHours.Open: \"" .. tostring(day) .. "\" is no day; one is \"Monday\"", 0)
    end
    open[day] = spans(text, "BusinessHours.Open." .. day)
  end
  return { zone = settings.Zone, open = open, holidays = holidays(settings.Holidays) }
end

-- The holiday's name ("" where it has none), or nil.
function calendar.holiday(desk, time)
  return desk.holidays[time.date] or desk.holidays[string.sub(time.date, 6)]
end

local function spans_of(desk, time)
  if calendar.holiday(desk, time) then
    return {}
  end
  return desk.open[calendar.DAYS[time.weekday]] or {}
end

function calendar.is_open(desk, time)
  local minute = time.hour * 60 + time.minute
  for _, span in ipairs(spans_of(desk, time)) do
    if minute >= span.from and minute < span.to then
      return true
    end
  end
  return false
end

-- The time of the next opening after `time`, or nil where there is none in two months.
function calendar.next_opening(desk, time)
  local minute = time.hour * 60 + time.minute
  -- Noon is on the same day whatever daylight saving does at night.
  local noon = deskhook.time.parse(time.date .. "T12:00:00", desk.zone)
  for ahead = 0, MOST_DAYS do
    local day = noon
    if ahead > 0 then
      local unix = noon.unix + ahead * DAY
      day = deskhook.time.parse(deskhook.time.format(unix, "%Y-%m-%dT12:00:00", desk.zone), desk.zone)
    end
    for _, span in ipairs(spans_of(desk, day)) do
      if ahead > 0 or span.from > minute then
        local clock = string.format("%02d:%02d:00", math.floor(span.from / 60), span.from % 60)
        return deskhook.time.parse(day.date .. "T" .. clock, desk.zone)
      end
    end
  end
  return nil
end

return calendar
