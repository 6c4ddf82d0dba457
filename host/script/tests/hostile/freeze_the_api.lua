-- ends: failed
return function(ctx)
  return table.freeze(deskhook) -- here
end
