-- ends: late
return function(ctx)
  local b = buffer.create(1000000)
  while true do -- here
    buffer.fill(b, 0, 255) -- here
    buffer.copy(b, 0, b, 1, 1000) -- here
  end
end
