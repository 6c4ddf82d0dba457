-- ends: failed
return function(ctx)
  return deskhook.time.format(0, string.rep("%Y", 1000000)) -- here
end
