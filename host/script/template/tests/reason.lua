test("a reason is enough", function(t)
  t.allowed(t.run("session.request", { reason = "The printer is on fire" }))
end)

test("no reason is a no, in the person's language", function(t)
  t.person{ language = "de-AT" }
  local result = t.run("session.request", {})
  t.denied(result, "reason-missing")
  t.equal(result.message, "Bitte schreiben Sie mit mindestens 5 Buchstaben, wobei Sie Hilfe brauchen.")
end)

test("the policy says how long a reason has to be", function(t)
  t.policy{ ["NAME.ShortestReason"] = 3 }
  t.allowed(t.run("session.request", { reason = "Fax" }))
end)
