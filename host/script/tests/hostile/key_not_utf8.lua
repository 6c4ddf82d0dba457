-- ends: failed
return function(ctx)
  return deskhook.policy.get("Slow.\255") -- here
end
