-- ends: failed memory
return function(ctx)
  return string.pack(string.rep("i16", 100000), 1) -- here
end
