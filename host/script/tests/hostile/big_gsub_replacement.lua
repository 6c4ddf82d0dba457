-- ends: memory
return function(ctx)
  return (string.gsub(string.rep("a", 10000), "a", string.rep("b", 10000))) -- here
end
