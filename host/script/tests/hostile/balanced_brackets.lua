-- ends: late
return function(ctx)
  while true do -- here
    string.find(string.rep("(", 20000), "%b()") -- here
  end
end
