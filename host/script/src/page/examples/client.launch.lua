deskhook.on("client.launch", function(ctx)
  local arguments = ctx.arguments
  table.insert(arguments, "--quality=low")
  return { arguments = arguments, environment = { LANG = "C.UTF-8" } }
end)
