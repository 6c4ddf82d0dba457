deskhook.on("session.request", function(ctx)
  if ctx.origin == "person" and not ctx.ticket then
    return deskhook.deny{ code = "no-ticket", message = "Please open a ticket first, " .. ctx.person.display_name .. "." }
  end
end)
