-- ends: harmless memory
-- host: prompt
return function(ctx)
  print(string.rep("x", 10000000))
  return deskhook.allow()
end
