-- ends: late
return function(ctx)
  for _ in string.gmatch(string.rep("a", 400), ".-.-.-.-.-.-.-.-b") do -- here
  end
end
