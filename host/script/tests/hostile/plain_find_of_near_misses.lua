-- ends: failed
return function(ctx)
  local text = string.rep("a", 4000000)
  return string.find(text, string.rep("a", 2000000) .. "b", 1, true) -- here
end
