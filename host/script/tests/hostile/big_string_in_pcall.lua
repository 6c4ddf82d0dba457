-- ends: memory
return function()
  pcall(string.rep, "x", 1e9)
  return deskhook.allow()
end
