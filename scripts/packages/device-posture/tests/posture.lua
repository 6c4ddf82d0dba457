local FINE = {
  ["disk-encryption"] = "on", firewall = "on", antivirus = "ClamAV, Sophos", updates = 3, os_version = "Debian GNU/Linux 12",
  ["free-disk"] = 90000, uptime = 3600, power = "mains",
}
local ALL = {
  ["disk-encryption"] = "deny", firewall = "deny", antivirus = "deny", updates = "deny", os_version = "deny",
  ["free-disk"] = "deny", uptime = "deny", power = "deny",
}

local function start(t, settings, facts)
  t.policy{ DevicePosture = settings }
  t.facts(FINE)
  t.facts(facts or {})
  return t.run("session.request", { reason = "printer" })
end

local function one(fact, mode)
  return { Checks = { [fact] = mode or "deny" } }
end

test("nothing is asked for, nothing is looked at", function(t)
  t.abstained(t.run("session.request", {}))
  t.abstained(start(t, { Checks = {} }, { firewall = "off" }))
  t.abstained(start(t, one("firewall", "off"), { firewall = "off" }))
end)

test("a device in order is no reason to allow anything", function(t)
  t.abstained(start(t, { Checks = ALL, Unknown = "deny", MinOsVersion = { linux = "12" } }))
end)

test("each fact has its own sentence", function(t)
  for fact, case in pairs{
    ["disk-encryption"] = { "off", "The disk is not encrypted." },
    firewall = { "off", "The firewall is switched off." },
    antivirus = { "none", "No antivirus program runs." },
    updates = { 31, "The device has not looked for updates for 31 days." },
    ["free-disk"] = { 499, "Only 499 MiB of disk space are free; at least 500 MiB are needed." },
    uptime = { 31 * 86400, "The device was last restarted 31 days ago." },
    power = { "battery", "The device runs on its battery. Please plug it in." },
  } do
    local result = start(t, one(fact), { [fact] = case[1] })
    t.denied(result, "device-posture")
    t.equal(result.message, "This device does not meet what your organisation asks for. " .. case[2])
  end
end)

test("one message has all reasons, what denies first", function(t)
  local settings = {
    Checks = { firewall = "warn", updates = "warn", ["disk-encryption"] = "deny", power = "deny" },
    Help = { en = "How to mend it: https://help.example", de = "So geht es: https://help.example" },
  }
  local result = start(t, settings, { firewall = "off", updates = 99, ["disk-encryption"] = "off", power = "battery" })
  t.denied(result, "device-posture")
  t.equal(result.message, "This device does not meet what your organisation asks for. The disk is not encrypted. "
    .. "The device runs on its battery. Please plug it in. The firewall is switched off. "
    .. "The device has not looked for updates for 99 days. How to mend it: https://help.example")
end)

test("a warning asks the person", function(t)
  local result = start(t, one("firewall", "warn"), { firewall = "off" })
  t.asked(result, "This device is not in order")
  t.equal(result.message, "The firewall is switched off. Start a session anyway?")
  t.equal(t.requests(), {})
end)

test("or is a note", function(t)
  local settings = one("firewall", "warn")
  settings.Warn = "note"
  t.abstained(start(t, settings, { firewall = "off" }))
  t.equal(t.requests()[1].message, "The firewall is switched off.")
  t.equal(t.logs(), { "the device is not in order: The firewall is switched off." })
end)

test("in German", function(t)
  t.person{ language = "de-de" }
  local result = start(t, one("updates"), { updates = 40 })
  t.equal(result.message, "Dieses Gerät erfüllt nicht, was Ihre Organisation verlangt. "
    .. "Das Gerät hat seit 40 Tagen nicht nach Updates gesucht.")
end)

test("limits are the organisation's", function(t)
  local settings = one("updates")
  settings.MaxUpdateDays = 7
  t.abstained(start(t, settings, { updates = 7 }))
  t.denied(start(t, settings, { updates = 8 }), "device-posture")
  settings = one("free-disk")
  settings.MinFreeDiskMiB = 2048
  t.denied(start(t, settings, { ["free-disk"] = 2047 }), "device-posture")
  t.abstained(start(t, settings, { ["free-disk"] = 2048 }))
  settings = one("uptime")
  settings.MaxUptimeDays = 0
  t.abstained(start(t, settings, { uptime = 86399 }))
  t.denied(start(t, settings, { uptime = 86400 }), "device-posture")
end)

test("only some antivirus programs may count", function(t)
  local settings = one("antivirus")
  settings.Antivirus = { "microsoft defender", "SOPHOS" }
  t.abstained(start(t, settings))
  local result = start(t, settings, { antivirus = "ClamAV" })
  t.equal(string.find(result.message, "only ClamAV", 1, true) ~= nil, true)
end)

test("versions are compared as numbers, for each system", function(t)
  local settings = one("os_version")
  settings.MinOsVersion = { windows = "10.0.22631", linux = "9.10" }
  for version, verdict in pairs{
    ["Debian GNU/Linux 12"] = "nothing", ["X 9.10 LTS"] = "nothing", ["X 9.9.5"] = "deny", ["X 9"] = "deny",
    ["X 9.10.1"] = "nothing", ["Arch Linux"] = "deny",
  } do
    t.equal({ version, start(t, settings, { os_version = version }).verdict or "nothing" }, { version, verdict })
  end
  t.denied(start(t, settings, { os_version = "X 9" }), "device-posture")
  t.device{ os = "windows" }
  t.abstained(start(t, settings, { os_version = "Microsoft Windows [Version 10.0.26100.1]" }))
  t.denied(start(t, settings, { os_version = "Microsoft Windows [Version 10.0.19045.4]" }), "device-posture")
  t.device{ os = "macos" }
  t.abstained(start(t, settings, { os_version = "unknown" }))
end)

test("what is not known counts as its check, unless the policy says otherwise", function(t)
  for fact in pairs(FINE) do
    local settings = { Checks = { [fact] = "deny" }, MinOsVersion = { linux = "12" } }
    local result = start(t, settings, { [fact] = "unknown" })
    t.denied(result, "device-posture")
    t.equal(string.find(result.message, "It could not be determined", 1, true) ~= nil, true)
    settings.Unknown = "warn"
    t.asked(start(t, settings, { [fact] = "unknown" }))
    settings.Unknown = "off"
    t.abstained(start(t, settings, { [fact] = "unknown" }))
  end
  t.asked(start(t, one("firewall", "warn"), { firewall = "unknown" }))
  t.denied(start(t, { Checks = { firewall = "warn" }, Unknown = "deny" }, { firewall = "unknown" }), "device-posture")
end)

test("a fact that this agent does not have is not known", function(t)
  t.policy{ DevicePosture = one("firewall") }
  t.denied(t.run("session.request", {}), "device-posture")
end)

test("a policy that nobody can read is a no that says what is wrong", function(t)
  t.failed(start(t, one("firewall", "block")), "DevicePosture.Checks.firewall is one of \"deny\", \"off\", \"warn\"")
  t.failed(start(t, { Checks = { encryption = "deny" } }), "DevicePosture.Checks names \"encryption\"; known are")
  t.failed(start(t, { Checks = "deny" }), "DevicePosture.Checks is an object")
  t.failed(start(t, { Antivirus = "ClamAV" }), "DevicePosture.Antivirus is a list")
  t.denied(start(t, { checks = { Firewall = "deny" } }, { firewall = "off" }), "device-posture")
  t.failed(start(t, { Unknown = "allow" }), "DevicePosture.Unknown")
  t.failed(start(t, { Warn = "deny" }), "DevicePosture.Warn")
  t.failed(start(t, { MaxUpdateDays = "7" }), "DevicePosture.MaxUpdateDays")
  t.failed(start(t, { MinOsVersion = { linux = 12 } }), "DevicePosture.MinOsVersion.linux")
end)

test("a fact that is not granted is a no that names it", function(t)
  t.grants{ "policy:DevicePosture", "facts:firewall" }
  t.failed(start(t, one("updates")), "facts:updates")
  t.abstained(start(t, one("firewall")))
end)
