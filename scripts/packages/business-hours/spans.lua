-- The hours of one day, as the policy writes them. Knows nothing of dates.

local spans = {}

-- Minutes of a day.
spans.DAY = 24 * 60

local function minutes(text, key)
  local hour, minute = string.match(text, "^(%d%d?):(%d%d)$")
  hour, minute = tonumber(hour), tonumber(minute)
  if not hour or minute > 59 or hour * 60 + minute > spans.DAY then
    error(key .. ": \"" .. text .. "\" is no time of day; one is \"08:00\"", 0)
  end
  return hour * 60 + minute
end

local function span(part, key)
  local from, to = string.match(part, "^%s*([%d:]+)%s*%-%s*([%d:]+)%s*$")
  if not from then
    error(key .. ": \"" .. part .. "\" is no span of time; one is \"08:00-17:00\"", 0)
  end
  from, to = minutes(from, key), minutes(to, key)
  if from == to or from == spans.DAY then
    error(key .. ": \"" .. part .. "\" has no length; the whole day is \"00:00-24:00\"", 0)
  end
  if to < from then
    to = to + spans.DAY
  end
  return { from = from, to = to }
end

-- "08:00-12:00, 22:00-06:00" as a list of {from, to} in minutes after midnight, the earliest first;
-- what ends past midnight ends after more than a day's minutes.
function spans.read(text, key)
  if type(text) ~= "string" then
    error(key .. " is a text such as \"08:00-12:00, 13:00-17:00\"", 0)
  end
  local list = {}
  for part in string.gmatch(text, "[^,]+") do
    if string.find(part, "%S") then
      list[#list + 1] = span(part, key)
    end
  end
  table.sort(list, function(a, b)
    return a.from < b.from
  end)
  return list
end

return spans
