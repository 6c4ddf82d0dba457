-- ends: failed
return function()
  return loadstring("return 1")()
end
