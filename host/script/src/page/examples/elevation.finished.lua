deskhook.on("elevation.finished", function(ctx)
  if ctx.outcome ~= "granted" then
    deskhook.log.warn(ctx.program, "was not run:", ctx.outcome)
  end
end)
