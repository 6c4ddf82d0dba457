-- ends: failed
return function()
  return deskhook[string.rep("x", 1e7)]
end
