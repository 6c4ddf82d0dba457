local WEEK = {
  Monday = "08:00-17:00", Tuesday = "08:00-17:00", Wednesday = "08:00-17:00", Thursday = "08:00-17:00",
  Friday = "08:00-17:00", Saturday = "08:00-17:00", Sunday = "08:00-17:00",
}

local function on(t, date, holidays, clock)
  t.clock(date .. "T" .. (clock or "10:00:00") .. "Z")
  t.policy{ BusinessHours = { Zone = "UTC", Open = WEEK, Holidays = holidays } }
  return t.run("session.request", { reason = "printer" })
end

test("from a day to a day, both of them included", function(t)
  local closed = { "2026-12-24/2027-01-01" }
  t.allowed(on(t, "2026-12-23", closed))
  t.denied(on(t, "2026-12-24", closed), "outside-hours")
  t.denied(on(t, "2027-01-01", closed), "outside-hours")
  t.allowed(on(t, "2027-01-02", closed))
  t.allowed(on(t, "2027-12-24", closed))
end)

test("a range of every year may go over its end", function(t)
  local closed = { { Date = "12-24/01-01", Name = "Winter break" } }
  t.allowed(on(t, "2026-12-23", closed))
  t.denied(on(t, "2026-12-31", closed), "outside-hours")
  local result = on(t, "2035-01-01", closed)
  t.equal(result.message, "The support desk is closed today (Winter break). "
    .. "It opens again on Tuesday, 2 January, at 08:00.")
end)

test("29 February is there in the years that have it", function(t)
  t.denied(on(t, "2028-02-29", { "02-29" }), "outside-hours")
  t.allowed(on(t, "2027-02-28", { "02-29" }))
  t.allowed(on(t, "2027-03-01", { "02-29" }))
end)

test("days that move with Easter", function(t)
  local closed = { "easter-2", "easter+1", "Easter+39" }
  -- Easter Sundays: 5 April 2026, 28 March 2027, 25 April 2038 (the latest there is).
  for _, date in ipairs{ "2026-04-03", "2026-04-06", "2026-05-14", "2027-03-26", "2027-03-29", "2038-04-26" } do
    t.denied(on(t, date, closed), "outside-hours")
  end
  t.allowed(on(t, "2026-04-05", closed))
  t.denied(on(t, "2026-04-05", { "easter" }), "outside-hours")
end)

test("a day with hours of its own is not closed", function(t)
  local half = { { Date = "12-24", Name = "Christmas Eve", Open = "08:00-12:00" }, "12-24/12-26" }
  t.allowed(on(t, "2026-12-24", half))
  local result = on(t, "2026-12-24", half, "13:00:00")
  t.equal(result.message, "The support desk is closed now. It opens again on Sunday, 27 December, at 08:00.")
end)

test("a holiday closes what begins on it, not what began the day before", function(t)
  t.policy{ BusinessHours = { Zone = "UTC", Open = { Thursday = "22:00-06:00" }, Holidays = { "12-25" } } }
  t.clock("2026-12-25T05:00:00Z")
  t.allowed(t.run("session.request", {}))
end)

test("a holiday's name is said in the person's language", function(t)
  local closed = { { Date = "12-25", Name = { en = "Christmas", de = "Weihnachten" } } }
  t.person{ language = "de-ch" }
  t.equal(string.find(on(t, "2026-12-25", closed).message, "nicht besetzt (Weihnachten)", 1, true) ~= nil, true)
  t.person{ language = "fr" }
  t.equal(string.find(on(t, "2026-12-25", closed).message, "today (Christmas)", 1, true) ~= nil, true)
end)

test("a day that is none is refused with its place", function(t)
  for _, day in ipairs{ "2026-02-30", "13-01", "2026-12-24/2026-12-01", "2026-12-24/12-26", "easter+x", "tomorrow" } do
    t.failed(on(t, "2026-11-20", { "12-25", day }), "BusinessHours.Holidays, entry 2")
  end
  t.failed(on(t, "2026-11-20", { { Name = "Nothing" } }), "BusinessHours.Holidays, entry 1")
  t.failed(on(t, "2026-11-20", { { Date = "12-24", Open = "noon" } }), "entry 1, Open")
  t.failed(on(t, "2026-11-20", "12-25"), "BusinessHours.Holidays is a list")
end)
