-- Judges one fact of the device. Knows nothing of hooks or texts: what is wrong is the key of a text
-- and its values.

local posture = {}

local DAY = 24 * 60 * 60

local function switched_on(off)
  return function(value)
    if value == "on" then
      return "fine"
    end
    return value == "off" and "wrong" or "unknown", off
  end
end

-- The first of the names that the organisation accepts, or any where it names none.
local function accepted(running, names)
  running = string.lower(running)
  for _, name in ipairs(names) do
    if string.find(running, string.lower(name), 1, true) then
      return true
    end
  end
  return #names == 0
end

-- Whether the first number such as 10.0.22631 in `text` is at least `least`; nil where there is none.
local function reaches(text, least)
  local own = string.match(text, "%d[%d%.]*")
  if not own then
    return nil
  end
  local parts = string.gmatch(own, "%d+")
  for wanted in string.gmatch(least, "%d+") do
    -- 12 is 12.0: behind the last part nothing at all comes, not even nil.
    local part = tonumber(parts() or "0")
    if part ~= tonumber(wanted) then
      return part > tonumber(wanted)
    end
  end
  return true
end

local JUDGES = {
  ["disk-encryption"] = switched_on("disk-not-encrypted"),
  firewall = switched_on("firewall-off"),
  power = function(value)
    if value == "mains" then
      return "fine"
    end
    return value == "battery" and "wrong" or "unknown", "on-battery"
  end,
  antivirus = function(value, limits)
    if type(value) ~= "string" or value == "unknown" then
      return "unknown"
    end
    if value == "none" then
      return "wrong", "no-antivirus"
    end
    return accepted(value, limits.antivirus) and "fine" or "wrong", "other-antivirus", { found = value }
  end,
  updates = function(value, limits)
    if type(value) ~= "number" then
      return "unknown"
    end
    return value <= limits.update_days and "fine" or "wrong", "updates-old", { days = value }
  end,
  ["free-disk"] = function(value, limits)
    if type(value) ~= "number" then
      return "unknown"
    end
    return value >= limits.free_disk and "fine" or "wrong", "disk-full", { free = value, least = limits.free_disk }
  end,
  uptime = function(value, limits)
    if type(value) ~= "number" then
      return "unknown"
    end
    local days = math.floor(value / DAY)
    return days <= limits.uptime_days and "fine" or "wrong", "not-restarted", { days = days }
  end,
  os_version = function(value, limits, os)
    local least = limits.os_version[os]
    if not least then
      return "fine"
    end
    local enough = type(value) == "string" and reaches(value, least)
    if not enough and enough ~= false then
      return "unknown"
    end
    return enough and "fine" or "wrong", "os-old", { found = value, least = least }
  end,
}

-- "fine"; "wrong" with the key of a text and its values; or "unknown".
function posture.judge(fact, value, limits, os)
  return JUDGES[fact](value, limits, os)
end

return posture
