deskhook.on("address.read", function(ctx)
  return string.match(ctx.output, "ID: (%d+)")
end)
