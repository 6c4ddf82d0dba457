local MENU = {
  menu = { tooltip = "Deskhook", items = { { id = "start", kind = "start", text = "Start" } } },
  session = { phase = "idle" },
}

test("nothing set, nothing changed", function(t)
  t.abstained(t.run("tray.menu", MENU))
  t.abstained(t.run("address.report", { address = "123 456 789" }))
end)

test("the menu has the help desk's link, phone and name", function(t)
  t.policy{ Helpdesk = { Name = "Contoso help desk", Link = "https://help.example", Phone = "+49 (30) 555-0100" } }
  t.patch(t.run("tray.menu", MENU), {
    tooltip = "Contoso help desk",
    add = {
      { id = "helpdesk-link", kind = "link", text = "Help desk", target = "https://help.example", items = {} },
      { id = "helpdesk-phone", kind = "link", text = "Call +49 (30) 555-0100", target = "tel:+49305550100", items = {} },
    },
  })
end)

test("in German", function(t)
  t.person{ language = "de" }
  t.policy{ Helpdesk = { Phone = "0800 5550100" } }
  t.equal(t.run("tray.menu", MENU).patch.add[1].text, "0800 5550100 anrufen")
end)

test("a quick reason starts a session with that reason", function(t)
  t.policy{ Helpdesk = { QuickReasons = { "Printer", "VPN" } } }
  local item = t.run("tray.menu", MENU).patch.add[1]
  t.equal({ item.kind, item.after, item.items[2].text }, { "submenu", "start", "VPN" })
  local result = t.run("menu.click", { item = item.items[2].id })
  t.equal(result.requests, { { request = "start_session", reason = "VPN" } })
end)

test("quick reasons are there while nothing runs, and clicks on other items are not ours", function(t)
  t.policy{ Helpdesk = { QuickReasons = { "Printer" } } }
  t.abstained(t.run("tray.menu", { session = { phase = "connected" } }))
  t.abstained(t.run("menu.click", { item = "helpdesk-quick-2" }))
  t.abstained(t.run("menu.click", { item = "other" }))
end)

test("the asset tag of the policy goes before that of the device", function(t)
  t.files{ ["/etc/deskhook/asset-tag"] = "PC-0815\n" }
  t.patch(t.run("address.report", {}), { fields = { asset_tag = "PC-0815" } })
  t.policy{ Helpdesk = { AssetTag = "C-42", Fields = { floor = "3" } } }
  t.patch(t.run("address.report", {}), { fields = { asset_tag = "C-42", floor = "3" } })
end)

test("without the grant for the file the tag is just not there", function(t)
  t.grants{ "policy:Helpdesk" }
  t.files{ ["/etc/deskhook/asset-tag"] = "PC-0815" }
  t.abstained(t.run("address.report", {}))
end)

test("ended sessions are logged and counted", function(t)
  t.run("session.ended", { session = "s-1", outcome = "stopped", seconds = 60, supporter = { name = "Robin" } })
  t.run("session.ended", { session = "s-2", outcome = "failed", seconds = 5 })
  t.equal(t.stored("totals"), { sessions = 2, seconds = 65 })
  t.equal(t.logs()[1], "session s-1 ended: stopped after 60 s with Robin")
end)

test("shells are not elevated; for the rest there is no opinion", function(t)
  for _, program in ipairs{ "/bin/sh", "/usr/bin/BASH", "C:\\Windows\\System32\\cmd.exe" } do
    t.denied(t.run("elevation.request", { program = program }), "shell")
  end
  t.abstained(t.run("elevation.request", { program = "/usr/sbin/gparted" }))
  t.policy{ Helpdesk = { Shells = { "python3" } } }
  t.denied(t.run("elevation.request", { program = "/usr/bin/python3" }), "shell")
end)
