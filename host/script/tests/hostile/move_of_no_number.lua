-- ends: failed
return function(ctx)
  return table.move({}, 0 / 0, -3, -2147483000) -- here
end
