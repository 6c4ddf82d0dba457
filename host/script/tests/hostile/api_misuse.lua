-- ends: failed
return function()
  return deskhook.deny({ coed = "x" })
end
