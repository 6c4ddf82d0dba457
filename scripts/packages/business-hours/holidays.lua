-- Days that are not like others: "2026-12-24" once, "12-25" every year, "12-24/01-01" from and to,
-- "easter+1" so many days after Easter Sunday.

local spans = require("./spans")

local holidays = {}

local DAY = 24 * 60 * 60
local KINDS = { Date = "string", Name = "text", Open = "string" }
local HELP = ": a day is \"2026-12-24\", every year \"12-25\", a range \"12-24/01-01\", or \"easter+1\""

-- Whether the day is in the calendar; 29 February is there every year.
local function is_date(text)
  local year = #text == 5 and "2024-" or ""
  return (pcall(deskhook.time.parse, year .. text .. "T12:00:00Z"))
end

-- "12-25" or "2026-12-25", and the pattern of what it may be compared with.
local function day(text, key)
  local yearly = string.match(text, "^%d%d%-%d%d$")
  if not (yearly or string.match(text, "^%d%d%d%d%-%d%d%-%d%d$")) or not is_date(text) then
    error(key .. ": \"" .. text .. "\"" .. HELP, 0)
  end
  return text, yearly ~= nil
end

local function range(text, key)
  local easter = string.match(string.lower(text), "^easter([+-]?%d*)$")
  if easter and (easter == "" or tonumber(easter)) then
    return { easter = tonumber(easter) or 0 }
  end
  local first, last = string.match(text, "^(.-)/(.+)$")
  local from, yearly = day(first or text, key)
  local to, yearly_too = day(last or text, key)
  if yearly ~= yearly_too or (not yearly and to < from) then
    error(key .. ": \"" .. text .. "\" ends before it begins, or has one year", 0)
  end
  return { from = from, to = to, yearly = yearly }
end

-- The list of the policy, checked.
function holidays.read(list, key)
  local read = {}
  for index, entry in ipairs(list) do
    local place = key .. ", entry " .. index
    local fields = type(entry) == "table" and deskhook.policy.check(entry, place, KINDS) or { Date = entry }
    if type(fields.Date) ~= "string" then
      error(place .. HELP, 0)
    end
    local holiday = range(fields.Date, place)
    holiday.name = fields.Name
    holiday.open = fields.Open and spans.read(fields.Open, place .. ", Open") or {}
    read[index] = holiday
  end
  return read
end

-- Easter Sunday of the Gregorian calendar: the method of Meeus, Jones and Butcher.
local function easter(year)
  local floor = math.floor
  local a, b, c = year % 19, floor(year / 100), year % 100
  local e = (19 * a + b - floor(b / 4) - floor((b - floor((b + 8) / 25) + 1) / 3) + 15) % 30
  local f = (32 + 2 * (b % 4) + 2 * floor(c / 4) - e - c % 4) % 7
  local g = e + f - 7 * floor((a + 11 * e + 22 * f) / 451) + 114
  return deskhook.time.parse(string.format("%04d-%02d-%02dT12:00:00Z", year, floor(g / 31), g % 31 + 1)).unix
end

local function covers(holiday, date)
  if holiday.easter then
    local unix = easter(tonumber(string.sub(date, 1, 4))) + holiday.easter * DAY
    return deskhook.time.format(unix, "%Y-%m-%d", "UTC") == date
  end
  if not holiday.yearly then
    return holiday.from <= date and date <= holiday.to
  end
  local of_year = string.sub(date, 6)
  if holiday.from <= holiday.to then
    return holiday.from <= of_year and of_year <= holiday.to
  end
  return holiday.from <= of_year or of_year <= holiday.to
end

-- The first entry that the date is in, or nil.
function holidays.find(list, date)
  for _, holiday in ipairs(list) do
    if covers(holiday, date) then
      return holiday
    end
  end
  return nil
end

return holidays
