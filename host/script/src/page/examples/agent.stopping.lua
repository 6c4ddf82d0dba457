deskhook.on("agent.stopping", function(ctx)
  deskhook.log.info("stopping at", ctx.now)
end)
