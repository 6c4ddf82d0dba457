-- ends: late
return function(ctx)
  local t = table.create(100000, "x")
  while true do -- here
    table.concat(t, ",") -- here
  end
end
