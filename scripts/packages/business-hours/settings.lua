-- What the policy says, checked: a desk whose hours nobody can read is closed with a reason.

local holidays = require("./holidays")
local spans = require("./spans")

local settings = {}

local KEY = "BusinessHours"
local DAYS = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" }
local WORKDAY = "08:00-17:00"
local OUTCOMES = { deny = true, ask = true }
local KINDS = { Zone = "string", Open = "object", Holidays = "list", Outside = "string", Contact = "text", Sites = "list" }
local SITE = {
  Groups = "list", Zone = "string", Open = "object", Holidays = "list", Outside = "string", Contact = "text",
}

local function weekday(name)
  for number, day in ipairs(DAYS) do
    if day == string.lower(tostring(name)) then
      return number
    end
  end
  return nil
end

-- The hours by the number of the day; 1 is Monday.
local function hours(open, key)
  local read = {}
  for name, text in pairs(open) do
    local number = weekday(name)
    if not number then
      error(key .. ": \"" .. tostring(name) .. "\" is no day; one is \"Monday\"", 0)
    end
    read[number] = spans.read(text, key .. "." .. name)
  end
  return read
end

local function share(wanted, groups)
  for _, name in ipairs(wanted) do
    for _, group in ipairs(groups) do
      if string.lower(tostring(name)) == string.lower(group) then
        return true
      end
    end
  end
  return false
end

-- The first site that one of the device's groups belongs to, and the key that it stands under.
local function site(sites, groups)
  for index, candidate in ipairs(sites) do
    local key = KEY .. ".Sites, entry " .. index
    local read = deskhook.policy.check(candidate, key, SITE)
    if not read.Groups then
      error(key .. " needs \"Groups\": [\"Berlin\"]", 0)
    end
    if share(read.Groups, groups) then
      return read, key
    end
  end
  return {}, KEY
end

-- The desk of a device in these groups, as `section` of the policy has it.
function settings.read(section, groups)
  local policy = deskhook.policy.check(section, KEY, KINDS)
  local own, place = site(policy.Sites or {}, groups)
  local function chosen(name)
    if own[name] ~= nil then
      return own[name], place .. "." .. name
    end
    return policy[name], KEY .. "." .. name
  end
  local outside, key = chosen("Outside")
  if outside ~= nil and not OUTCOMES[outside] then
    error(key .. " is \"deny\" or \"ask\", not \"" .. tostring(outside) .. "\"", 0)
  end
  local desk = { outside = outside or "deny", zone = chosen("Zone"), contact = chosen("Contact") }
  local open, open_key = chosen("Open")
  open = open or { Monday = WORKDAY, Tuesday = WORKDAY, Wednesday = WORKDAY, Thursday = WORKDAY, Friday = WORKDAY }
  desk.open = hours(open, open_key)
  local days, days_key = chosen("Holidays")
  desk.holidays = holidays.read(days or {}, days_key)
  return desk
end

return settings
