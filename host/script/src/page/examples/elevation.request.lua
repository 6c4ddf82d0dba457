deskhook.on("elevation.request", function(ctx)
  if string.find(ctx.program, "sh$") then
    return deskhook.deny{ code = "no-shells", message = "No shell is run with elevated rights." }
  end
end)
