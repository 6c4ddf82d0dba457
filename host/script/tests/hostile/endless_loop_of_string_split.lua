-- ends: late
return function(ctx)
  local s = string.rep("a,", 1000)
  while true do -- here
    string.split(s, ",") -- here
  end
end
