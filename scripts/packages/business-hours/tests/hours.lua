local BERLIN = {
  Zone = "Europe/Berlin",
  Open = { Monday = "08:00-12:00, 13:00-17:00", Friday = "08:00-14:00" },
  Holidays = { "12-25", { Date = "2026-11-23", Name = "Founders' Day" } },
  Contact = "+49 30 5550100",
}

local function at(t, clock, settings)
  t.clock(clock)
  t.policy{ BusinessHours = settings or BERLIN }
  return t.run("session.request", { reason = "printer" })
end

test("open on a Friday morning", function(t)
  t.allowed(at(t, "2026-11-20T08:00:00+01:00"))
end)

test("closed from the minute on that the hours end", function(t)
  t.allowed(at(t, "2026-11-20T13:59:59+01:00"))
  t.denied(at(t, "2026-11-20T14:00:00+01:00"), "outside-hours")
end)

test("closed over lunch, open again on the same day", function(t)
  local result = at(t, "2026-11-16T12:30:00+01:00")
  t.denied(result, "outside-hours")
  t.equal(result.message, "The support desk is closed now. It opens again on Monday, 16 November, at 13:00. "
    .. "In urgent cases: +49 30 5550100.")
end)

test("closed on Sunday; a holiday is skipped on the way to the next opening", function(t)
  local result = at(t, "2026-11-22T10:00:00+01:00")
  t.denied(result, "outside-hours")
  t.equal(string.find(result.message, "Friday, 27 November, at 08:00", 1, true) ~= nil, true)
end)

test("a holiday says its name", function(t)
  local result = at(t, "2026-11-23T10:00:00+01:00")
  t.denied(result, "outside-hours")
  t.equal(string.find(result.message, "closed today (Founders' Day)", 1, true) ~= nil, true)
end)

test("a day of every year", function(t)
  t.denied(at(t, "2026-12-25T10:00:00+01:00"), "outside-hours")
  t.denied(at(t, "2037-12-25T10:00:00+01:00"), "outside-hours")
end)

test("the desk's zone counts, not the device's", function(t)
  t.allowed(at(t, "2026-11-20T02:30:00-05:00"))
  t.denied(at(t, "2026-11-20T09:00:00-05:00"), "outside-hours")
end)

test("without a policy: workdays from 8 to 17 on the device's clock", function(t)
  t.clock("2026-11-23T10:00:00+09:00")
  t.allowed(t.run("session.request"))
  t.clock("2026-11-22T10:00:00+09:00")
  t.denied(t.run("session.request"), "outside-hours")
end)

test("the organisation may leave it to the person", function(t)
  local result = at(t, "2026-11-22T10:00:00+01:00", { Zone = "Europe/Berlin", Outside = "ask" })
  t.asked(result, "The support desk is closed")
end)

test("in German", function(t)
  t.person{ language = "de-AT" }
  local result = at(t, "2026-11-22T10:00:00+01:00")
  t.equal(result.message, "Der Support ist gerade nicht besetzt. Er ist wieder da am Freitag, 27.11., um 08:00 Uhr. "
    .. "In dringenden Fällen: +49 30 5550100.")
end)

test("never open: no next opening is promised", function(t)
  local result = at(t, "2026-11-20T10:00:00+01:00", { Open = { Monday = "" } })
  t.denied(result, "outside-hours")
  t.equal(result.message, "The support desk is closed now.")
end)

test("hours that go on past midnight belong to the day on which they begin", function(t)
  local night = { Zone = "Europe/Berlin", Open = { Friday = "22:00-06:00", Monday = "00:00-24:00" } }
  t.denied(at(t, "2026-11-20T21:59:59+01:00", night), "outside-hours")
  t.allowed(at(t, "2026-11-20T22:00:00+01:00", night))
  t.allowed(at(t, "2026-11-21T05:59:59+01:00", night))
  t.denied(at(t, "2026-11-21T06:00:00+01:00", night), "outside-hours")
  t.allowed(at(t, "2026-11-23T23:59:59+01:00", night))
  t.denied(at(t, "2026-11-24T00:00:00+01:00", night), "outside-hours")
end)

test("a desk elsewhere says whose time it is", function(t)
  local result = at(t, "2026-11-22T10:00:00-05:00")
  t.equal(string.find(result.message, "27 November, at 08:00 (Europe/Berlin time)", 1, true) ~= nil, true)
end)

test("a policy that nobody can read is a no that says what is wrong", function(t)
  t.failed(at(t, "2026-11-20T10:00:00+01:00", { Open = { Friday = "8-17" } }), "BusinessHours.Open.Friday")
  t.failed(at(t, "2026-11-20T10:00:00+01:00", { Open = { Freitag = "08:00-17:00" } }), "\"Freitag\" is no day")
  t.failed(at(t, "2026-11-20T10:00:00+01:00", { Open = { Friday = "08:00-08:00" } }), "has no length")
  t.failed(at(t, "2026-11-20T10:00:00+01:00", { Zone = "Mars/Base" }), "Mars/Base")
  t.failed(at(t, "2026-11-20T10:00:00+01:00", { Holidays = { "Christmas" } }), "BusinessHours.Holidays, entry 1")
  t.failed(at(t, "2026-11-20T10:00:00+01:00", { Open = "always" }), "BusinessHours.Open is an object")
  t.failed(at(t, "2026-11-20T10:00:00+01:00", { Contact = 5 }), "BusinessHours.Contact is a text, or one for each")
  t.failed(at(t, "2026-11-20T10:00:00+01:00", "08:00-17:00"), "BusinessHours is an object")
  t.failed(at(t, "2026-11-20T10:00:00+01:00", { Outside = "allow" }), "BusinessHours.Outside")
end)

test("keys are read whatever their case, and one that nobody knows is told once", function(t)
  local policy = { zone = "Europe/Berlin", OPEN = { friday = "08:00-14:00" }, Holydays = { "11-20" } }
  t.allowed(at(t, "2026-11-20T13:00:00+01:00", policy))
  t.denied(at(t, "2026-11-20T14:00:00+01:00", policy), "outside-hours")
  t.equal(t.logs(), { "BusinessHours.Holydays is no key of this package, so it does nothing; did you mean \"Holidays\"?" })
end)
