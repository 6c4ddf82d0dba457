-- ends: memory
return function()
  local t = {}
  for i = 1, 100000 do
    t[i] = "xxxxxxxxxx"
  end
  return table.concat(t, string.rep("y", 1000))
end
