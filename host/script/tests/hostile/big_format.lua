-- ends: memory late failed
return function()
  local parts = {}
  while true do
    parts[#parts + 1] = string.format("%99.99f", 1e300)
  end
end
