-- ends: failed memory
-- host: prompt
return function(ctx)
  deskhook.store.set("x", string.rep("x", 10000000))
end
