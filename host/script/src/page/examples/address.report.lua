deskhook.on("address.report", function(ctx)
  return { fields = { ["asset-tag"] = deskhook.policy.get("Assets.Tag") } }
end)
