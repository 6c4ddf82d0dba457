-- ends: late failed
return function(ctx)
  return deskhook.policy.get("Slow.Key") -- here
end
