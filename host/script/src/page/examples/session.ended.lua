deskhook.on("session.ended", function(ctx)
  if ctx.outcome ~= "denied" then
    deskhook.log.info("session", ctx.session, "lasted", math.ceil(ctx.seconds / 60), "minutes")
  end
end)
