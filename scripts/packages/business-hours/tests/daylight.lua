-- In Berlin the clocks of 2026 go from 02:00 to 03:00 on 29 March, and from 03:00 to 02:00 on
-- 25 October; both are Sundays.

local function at(t, clock, sunday, zone)
  t.clock(clock)
  t.policy{ BusinessHours = { Zone = zone or "Europe/Berlin", Open = { Sunday = sunday, Saturday = "22:00-06:00" } } }
  return t.run("session.request", { reason = "printer" })
end

test("the hours move along with the clocks", function(t)
  local friday = { Zone = "Europe/Berlin", Open = { Friday = "08:00-17:00" } }
  for clock, open in pairs{
    ["2026-07-03T06:00:00Z"] = true,
    ["2026-07-03T05:59:00Z"] = false,
    ["2026-11-20T07:00:00Z"] = true,
    ["2026-11-20T06:59:00Z"] = false,
  } do
    t.clock(clock)
    t.policy{ BusinessHours = friday }
    local result = t.run("session.request", {})
    t.equal({ clock, result.verdict }, { clock, open and "allow" or "deny" })
  end
end)

test("a night shift is an hour shorter in spring", function(t)
  t.allowed(at(t, "2026-03-28T21:00:00Z", ""))
  t.allowed(at(t, "2026-03-29T03:59:59Z", ""))
  t.denied(at(t, "2026-03-29T04:00:00Z", ""), "outside-hours")
end)

test("and an hour longer in autumn", function(t)
  t.allowed(at(t, "2026-10-24T20:00:00Z", ""))
  t.allowed(at(t, "2026-10-25T04:59:59Z", ""))
  t.denied(at(t, "2026-10-25T05:00:00Z", ""), "outside-hours")
end)

test("hours that begin in the hour that is left out begin an hour later", function(t)
  t.policy{ BusinessHours = { Zone = "Europe/Berlin", Open = { Sunday = "02:30-08:00" } } }
  t.clock("2026-03-29T00:59:59Z")
  local result = t.run("session.request", {})
  t.denied(result, "outside-hours")
  t.equal(string.find(result.message, "Sunday, 29 March, at 03:30", 1, true) ~= nil, true)
  t.clock("2026-03-29T01:30:00Z")
  t.allowed(t.run("session.request", {}))
end)

test("of an hour that comes twice, the first ends and begins hours", function(t)
  t.policy{ BusinessHours = { Zone = "Europe/Berlin", Open = { Sunday = "01:00-02:30" } } }
  for clock, verdict in pairs{
    ["2026-10-25T00:29:59Z"] = "allow",
    ["2026-10-25T00:30:00Z"] = "deny",
    ["2026-10-25T01:10:00Z"] = "deny",
  } do
    t.clock(clock)
    t.equal({ clock, t.run("session.request", {}).verdict }, { clock, verdict })
  end
  t.policy{ BusinessHours = { Zone = "Europe/Berlin", Open = { Sunday = "02:30-04:00" } } }
  t.clock("2026-10-25T01:10:00Z")
  t.allowed(t.run("session.request", {}))
end)

test("without a zone the device's own offset counts", function(t)
  t.policy{ BusinessHours = { Open = { Sunday = "10:00-11:00" } } }
  t.clock("2026-03-29T10:30:00+02:00")
  t.allowed(t.run("session.request", {}))
  t.clock("2026-03-29T10:30:00+05:45")
  t.allowed(t.run("session.request", {}))
  t.clock("2026-03-29T09:59:59-09:30")
  local result = t.run("session.request", {})
  t.equal(string.find(result.message, "at 10:00.", 1, true) ~= nil, true)
end)
