-- ends: failed
return function()
  return string.find("x", string.rep("(", 1000))
end
