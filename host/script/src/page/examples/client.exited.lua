deskhook.on("client.exited", function(ctx)
  if ctx.code ~= 0 then
    deskhook.log.warn(ctx.client, "ended with", ctx.code or ("signal " .. ctx.signal))
  end
end)
