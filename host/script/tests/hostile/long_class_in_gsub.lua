-- ends: failed
return function(ctx)
  return (string.gsub(string.rep("a", 3000000), "[" .. string.rep("b", 3000000) .. "a]+", "")) -- here
end
