deskhook.on("session.started", function(ctx)
  deskhook.request.notify{ title = "Connected", message = ctx.supporter.name .. " can see your screen now." }
end)
