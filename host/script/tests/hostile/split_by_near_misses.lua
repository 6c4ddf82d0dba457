-- ends: failed
return function(ctx)
  return string.split(string.rep("a", 4000000), string.rep("a", 2000000) .. "b") -- here
end
