-- ends: failed memory
return function(ctx)
  return string.unpack(string.rep("b", 1000000), string.rep("x", 1000000))
end
