-- ends: failed
return function()
  rawset(deskhook, "allow", nil)
end
