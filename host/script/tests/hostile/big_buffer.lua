-- ends: memory failed
return function()
  return buffer.create(1e9)
end
