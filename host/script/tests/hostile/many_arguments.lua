-- ends: failed memory
return function(ctx)
  local t = table.create(1000000, 1)
  return select("#", unpack(t, 1, 1000000)) -- here
end
