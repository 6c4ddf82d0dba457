-- ends: failed
return function(ctx)
  table.clear(string) -- here
end
