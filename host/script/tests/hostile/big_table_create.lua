-- ends: memory failed
return function()
  return table.create(1e8, 1)
end
