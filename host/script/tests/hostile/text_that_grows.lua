-- ends: failed
return function()
  return deskhook.text(string.rep("{a}", 2e4), { a = string.rep("x", 2e4) })
end
