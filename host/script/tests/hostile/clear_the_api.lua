-- ends: failed
return function(ctx)
  table.clear(deskhook) -- here
end
