deskhook.on("session.join", function(ctx)
  if not ctx.supporter.verified then
    return deskhook.ask{
      title = "Do you know this person?",
      message = ctx.supporter.name .. " was not signed in by the portal itself.",
      timeout = 120,
    }
  end
end)
