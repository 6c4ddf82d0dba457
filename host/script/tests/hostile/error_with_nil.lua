-- ends: failed
return function()
  error(nil)
end
