deskhook.on("agent.started", function(ctx)
  deskhook.log.info("started on", ctx.device.name, "for", ctx.person.name)
end)
