deskhook.on("policy.changed", function(ctx)
  for _, key in ipairs(ctx.changed) do
    deskhook.log.info("another value for", key)
  end
  deskhook.request.refresh_tray()
end)
