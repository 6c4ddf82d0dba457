-- ends: memory
return function(ctx)
  local t = {}
  while true do
    t[#t + 1] = buffer.create(100000) -- here
  end
end
