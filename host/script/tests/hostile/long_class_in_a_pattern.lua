-- ends: failed
return function(ctx)
  local text = string.rep("a", 3000000)
  return text:find("[" .. string.rep("b", 3000000) .. "a]*$") -- here
end
