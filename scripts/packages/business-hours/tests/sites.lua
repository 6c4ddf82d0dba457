local DESK = {
  Zone = "Europe/Berlin",
  Open = { Monday = "08:00-17:00" },
  Contact = { en = "+49 30 5550100", de = "030 5550100" },
  Sites = {
    { Groups = { "Tokyo", "Osaka" }, Zone = "Asia/Tokyo", Open = { Tuesday = "09:00-18:00" }, Contact = "+81 3 5550" },
    { Groups = { "Plant" }, Outside = "ask" },
    { Groups = { "Tokyo" }, Outside = "ask" },
  },
}

local function at(t, clock, groups, settings)
  t.clock(clock)
  t.policy{ BusinessHours = settings or DESK }
  t.device{ groups = groups or { "Nobody's" } }
  return t.run("session.request", { reason = "printer" })
end

test("a site has its own zone, hours and contact", function(t)
  t.allowed(at(t, "2026-11-24T09:00:00+09:00", { "Laptops", "osaka" }))
  local result = at(t, "2026-11-23T09:00:00+09:00", { "Osaka" })
  t.denied(result, "outside-hours")
  t.equal(result.message, "The support desk is closed now. It opens again on Tuesday, 24 November, at 09:00. "
    .. "In urgent cases: +81 3 5550.")
end)

test("what a site does not say is as for everybody", function(t)
  t.allowed(at(t, "2026-11-23T08:00:00+01:00", { "Plant" }))
  t.asked(at(t, "2026-11-23T18:00:00+01:00", { "Plant" }), "The support desk is closed")
  t.denied(at(t, "2026-11-23T18:00:00+01:00", { "Berlin" }), "outside-hours")
  t.denied(at(t, "2026-11-23T18:00:00+01:00", nil), "outside-hours")
end)

test("of two sites with the same group the first one counts", function(t)
  t.denied(at(t, "2026-11-24T19:00:00+09:00", { "Tokyo" }), "outside-hours")
end)

test("a site that nobody can read is refused with its place", function(t)
  t.failed(at(t, "2026-11-23T08:00:00Z", nil, { Sites = { { Open = {} } } }), "BusinessHours.Sites, entry 1")
  local wrong = { Sites = { { Groups = { "a" } }, { Groups = { "b" }, Open = { Monday = "8-17" } } } }
  t.failed(at(t, "2026-11-23T08:00:00Z", { "b" }, wrong), "BusinessHours.Sites, entry 2.Open.Monday")
  wrong = { Sites = { { Groups = { "b" }, Outside = "allow" } } }
  t.failed(at(t, "2026-11-23T08:00:00Z", { "b" }, wrong), "entry 1.Outside is \"deny\" or \"ask\"")
end)
