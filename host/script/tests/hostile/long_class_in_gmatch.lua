-- ends: failed
return function(ctx)
  for word in string.gmatch(string.rep("a", 3000000), "[" .. string.rep("b", 3000000) .. "a]+") do -- here
    return word
  end
end
