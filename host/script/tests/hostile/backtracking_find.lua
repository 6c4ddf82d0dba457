-- ends: late
return function()
  return string.find(string.rep("a", 40), string.rep("a?", 40) .. string.rep("a", 41))
end
