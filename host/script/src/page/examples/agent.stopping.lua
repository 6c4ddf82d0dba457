deskhook.on("agent.stopping", function(ctx)
  deskhook.store.set("stopped", ctx.now)
end)
