-- ends: failed
return function(ctx)
  rawset(table, "sort", nil) -- here
end
