-- ends: failed memory
-- host: prompt
return function(ctx)
  return deskhook.store.get(string.rep("x", 10000000))
end
