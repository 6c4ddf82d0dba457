-- ends: late failed
return function(ctx)
  local t = table.create(200000, deskhook)
  while true do -- here
    table.sort(t, rawequal) -- here
  end
end
