-- What the policy says, checked: what nobody can read is a no with a reason.

local settings = {}

local KEY = "DevicePosture"
local MODES = { off = true, warn = true, deny = true }
local UNKNOWN = { same = true, off = true, warn = true, deny = true }
local WARN = { ask = true, note = true }

-- In the order in which people read them.
settings.FACTS = {
  "disk-encryption", "firewall", "antivirus", "updates", "os_version", "free-disk", "uptime", "power",
}

local function wrong(name, wanted)
  error(KEY .. "." .. name .. " " .. wanted, 0)
end

-- The value, which is one of `choices`, or the default where there is none.
local function choice(value, name, choices, default)
  if value == nil or choices[value] then
    return value or default
  end
  local known = {}
  for word in pairs(choices) do
    known[#known + 1] = "\"" .. word .. "\""
  end
  table.sort(known)
  wrong(name, "is one of " .. table.concat(known, ", "))
end

local function number(policy, name, default)
  local value = policy[name]
  if value ~= nil and (type(value) ~= "number" or value < 0) then
    wrong(name, "is a number from 0")
  end
  return value or default
end

-- A fact that is not known here is a slip, and a check that nobody makes.
local function checks(policy)
  local wanted, known = policy.Checks or {}, {}
  for _, fact in ipairs(settings.FACTS) do
    known[fact] = choice(wanted[fact], "Checks." .. fact, MODES, "off")
  end
  for fact in pairs(wanted) do
    if not known[fact] then
      wrong("Checks", "names \"" .. fact .. "\"; known are " .. table.concat(settings.FACTS, ", "))
    end
  end
  return known
end

local function versions(wanted)
  for os, version in pairs(wanted) do
    if type(version) ~= "string" or not string.find(version, "^%d[%d%.]*$") then
      wrong("MinOsVersion." .. os, "is a version such as \"10.0.22631\"")
    end
  end
  return wanted
end

function settings.read(policy)
  return {
    checks = checks(policy),
    unknown = choice(policy.Unknown, "Unknown", UNKNOWN, "same"),
    warn = choice(policy.Warn, "Warn", WARN, "ask"),
    help = policy.Help,
    limits = {
      antivirus = policy.Antivirus or {},
      update_days = number(policy, "MaxUpdateDays", 30),
      free_disk = number(policy, "MinFreeDiskMiB", 500),
      uptime_days = number(policy, "MaxUptimeDays", 30),
      os_version = versions(policy.MinOsVersion or {}),
    },
  }
end

return settings
