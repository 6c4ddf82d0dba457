-- What the policy says, checked: what nobody can read is a no with a reason.


local settings = {}

local KEY = "DevicePosture"
local KINDS = {
  Checks = "object", MaxUpdateDays = "number", MinFreeDiskMiB = "number", MaxUptimeDays = "number", MinOsVersion = "object",
  Antivirus = "list", Unknown = "string", Warn = "string", Help = "text",
}
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
  if value ~= nil and value < 0 then
    wrong(name, "is a number from 0")
  end
  return value or default
end

-- Names compare without case, as all of a policy's.
local function in_small_letters(object)
  local read = {}
  for name, value in pairs(object) do
    read[string.lower(name)] = value
  end
  return read
end

-- A fact that is not known here is a slip, and a check that nobody makes.
local function checks(policy)
  local wanted, known = in_small_letters(policy.Checks or {}), {}
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

-- What `section` of the policy says.
function settings.read(section)
  local policy = deskhook.policy.check(section, KEY, KINDS)
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
      os_version = versions(in_small_letters(policy.MinOsVersion or {})),
    },
  }
end

return settings
