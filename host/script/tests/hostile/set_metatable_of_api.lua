-- ends: failed
return function()
  setmetatable(deskhook, {})
end
