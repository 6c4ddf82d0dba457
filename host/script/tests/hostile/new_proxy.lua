-- ends: failed
return function()
  return newproxy(true)
end
