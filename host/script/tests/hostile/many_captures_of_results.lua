-- ends: failed memory
return function(ctx)
  return string.char(string.byte(string.rep("x", 1000000), 1, -1)) -- here
end
