deskhook.on("address.reported", function(ctx)
  deskhook.log.info("the portal knows the address", ctx.address)
end)
