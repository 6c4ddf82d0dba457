-- ends: failed
return function(ctx)
  return table.clone(deskhook) -- here
end
