-- ends: harmless
-- calls: 2
return function(ctx)
  if kept then
    kept.reason, kept.person, kept.policy_version = "changed", nil, nil
    assert(ctx.policy_version == "attack")
  end
  kept = ctx
  for key in pairs(ctx) do
    ctx[key] = nil
  end
  return deskhook.allow()
end
