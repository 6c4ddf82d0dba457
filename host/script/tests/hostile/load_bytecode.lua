-- ends: failed
return function(ctx)
  return load("\27Lua") -- here
end
