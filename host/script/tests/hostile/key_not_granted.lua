-- ends: failed
return function(ctx)
  return deskhook.policy.get("Other.Key") -- here
end
