deskhook.on("consent.prompt", function(ctx)
  return {
    title = ctx.supporter.name .. " would like to see your screen",
    fields = {{ id = "device", label = "Device: " .. ctx.device.name }},
  }
end)
