-- ends: failed
return function(ctx)
  error(string.rep("x", 5000000)) -- here
end
