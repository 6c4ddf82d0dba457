deskhook.on("tray.menu", function(ctx)
  if ctx.session.phase == "connected" then
    return { tooltip = ctx.session.supporter.name .. " is helping you" }
  end
  return {
    set = { start = { text = "Call the help desk" } },
    add = {{ id = "wiki", kind = "link", text = "Help pages", target = "https://help.example.org", after = "start" }},
  }
end)
