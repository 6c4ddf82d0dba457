-- ends: memory
return function(ctx)
  local t = {}
  while true do
    t[#t + 1] = table.create(10000, 0) -- here
  end
end
