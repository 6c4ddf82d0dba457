deskhook.on("menu.click", function(ctx)
  if ctx.item == "printer" then
    return { request = "start_session", reason = "The printer does not print." }
  end
end)
