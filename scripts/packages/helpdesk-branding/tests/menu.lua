local ITEMS = {
  { id = "organisation", kind = "label", text = "Contoso" },
  { id = "start", kind = "start", text = "Start remote session" },
  { id = "more", kind = "submenu", text = "More", items = { { id = "about", kind = "about", text = "About" } } },
}

local function menu(t, desk, phase, items)
  t.policy{ Helpdesk = desk }
  return t.run("tray.menu", { menu = { items = items or ITEMS }, session = { phase = phase or "idle" } })
end

test("everything that is read is there in the person's language", function(t)
  local desk = {
    Name = { en = "Contoso help desk", de = "Contoso-Helpdesk" },
    Texts = { start = { en = "Get help", de = "Hilfe holen" }, about = "Info" },
    Links = { { Text = { en = "Manual", de = "Anleitung" }, Target = { en = "https://a.example/en", de = "https://a.example/de" } } },
    QuickReasons = { { en = "Printer", de = "Drucker" }, "VPN" },
  }
  t.person{ language = "de-at" }
  local patch = menu(t, desk).patch
  t.equal({ patch.tooltip, patch.set.start.text, patch.set.about.text }, { "Contoso-Helpdesk", "Hilfe holen", "Info" })
  t.equal({ patch.add[1].items[1].text, patch.add[2].text, patch.add[2].target },
    { "Drucker", "Anleitung", "https://a.example/de" })
  t.equal(t.run("menu.click", { item = "helpdesk-quick-1" }).requests[1].reason, "Drucker")
  t.person{ language = "fr" }
  t.equal(menu(t, desk).patch.tooltip, "Contoso help desk")
end)

test("icons of the tray, of entries and of links", function(t)
  local desk = {
    Icon = "contoso", Icons = { start = "help-contents" }, Link = "https://a.example", LinkIcon = "web-browser",
    Links = { { Text = "Chat", Target = "https://chat.example", Icon = "im-user" } }, Phone = "110", PhoneIcon = "call-start",
  }
  local patch = menu(t, desk).patch
  t.equal({ patch.icon, patch.set.start.icon }, { "contoso", "help-contents" })
  t.equal({ patch.add[1].icon, patch.add[2].icon, patch.add[3].icon }, { "web-browser", "im-user", "call-start" })
end)

test("while a session goes on the tray's icon stays what it is", function(t)
  for _, phase in ipairs{ "checking", "waiting", "connected" } do
    t.abstained(menu(t, { Icon = "contoso" }, phase))
  end
end)

test("entries can be hidden, but not the way to stop or to answer", function(t)
  local items = { { id = "stop", kind = "stop", text = "Stop" }, { id = "quit", kind = "quit", text = "Quit" } }
  local result = menu(t, { Hide = { "quit", "stop", "question", "gone" }, Texts = { stop = "Nothing" } }, "connected", items)
  t.patch(result, { remove = { "quit" }, set = {}, add = {} })
  t.equal(t.logs(), { "Helpdesk.Hide names \"stop\", which nobody can hide" })
end)

test("what is in a hidden submenu is not spoken of", function(t)
  local desk = { Hide = { "more", "about" }, Texts = { about = "Info" }, Icons = { about = "x" } }
  t.patch(menu(t, desk), { remove = { "more" }, set = {} })
  desk.Hide = { "about", "more" }
  t.patch(menu(t, desk), { remove = { "about", "more" }, set = {} })
end)

test("quick reasons stand behind the start entry, or at the end where it is hidden", function(t)
  t.equal(menu(t, { QuickReasons = { "VPN" } }).patch.add[1].after, "start")
  t.equal(menu(t, { QuickReasons = { "VPN" }, Hide = { "start" } }).patch.add[1].after, nil)
  t.equal(menu(t, { QuickReasons = { "VPN" } }, "idle", {}).patch.add[1].after, nil)
end)

test("what does not fit is left out, and told once", function(t)
  local desk = {
    Name = string.rep("x", 257),
    Texts = { start = "", nowhere = "x" },
    Links = {
      { Text = "Files", Target = "file:///etc/passwd" }, { Text = "No target" }, { Target = "https://a.example" },
      { Text = "Chat", Target = "https://chat.example" },
    },
    QuickReasons = { 5, "VPN" },
  }
  local patch = menu(t, desk).patch
  menu(t, desk)
  t.equal({ #patch.add, patch.add[1].items[1].id, patch.add[2].id, patch.tooltip },
    { 2, "helpdesk-quick-2", "helpdesk-link-4" })
  t.equal(patch.set, {})
  local logs = table.concat(t.logs(), "\n")
  for _, line in ipairs{
    "Helpdesk.Links, entry 1.Target is no https, http, mailto or tel link",
    "Helpdesk.Links, entry 2.Target is no text", "Helpdesk.Links, entry 3.Text is no text",
    "Helpdesk.Name is no text", "Helpdesk.Texts.start is no text", "Helpdesk.QuickReasons, entry 1 is no text",
  } do
    t.equal({ line, string.find(logs, line, 1, true) ~= nil }, { line, true })
  end
  t.equal(#t.logs(), 6)
end)

test("a site has its own desk, and what it does not say is as for everybody", function(t)
  local desk = {
    Name = "Contoso", Phone = "+49 30 5550100", QuickReasons = { "Printer" }, AssetTag = "C-1", Shells = { "python3" },
    Sites = {
      { Groups = { "Tokyo", "Osaka" }, Phone = "+81 3 5550", QuickReasons = { "Badge" }, Fields = { floor = "3" } },
      { Groups = { "Tokyo" }, Name = "never" },
    },
  }
  t.device{ groups = { "laptops", "tokyo" } }
  local patch = menu(t, desk).patch
  t.equal({ patch.tooltip, patch.add[2].target }, { "Contoso", "tel:+8135550" })
  t.equal(t.run("menu.click", { item = "helpdesk-quick-1" }).requests[1].reason, "Badge")
  t.patch(t.run("address.report", {}), { fields = { asset_tag = "C-1", floor = "3" } })
  t.denied(t.run("elevation.request", { program = "/usr/bin/python3" }), "shell")
  t.device{ groups = { "Berlin" } }
  t.equal(menu(t, desk).patch.add[2].target, "tel:+49305550100")
end)
