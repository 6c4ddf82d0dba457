deskhook.on("client.locate", function(ctx)
  if ctx.device.os == "linux" then
    return "/opt/helpdesk/" .. ctx.client
  end
end)
