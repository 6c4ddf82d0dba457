-- ends: failed
return function(ctx)
  return table.move({}, 2147483648, -2, -2147483000) -- here
end
