-- ends: late
return function(ctx)
  while true do -- here
    string.rep("x", 1000000) -- here
  end
end
