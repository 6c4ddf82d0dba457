-- ends: late memory
return function(ctx)
  while true do
    pcall(error, string.rep("x", 100000))
  end
end
