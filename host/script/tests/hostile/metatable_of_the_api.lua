-- ends: failed
return function(ctx)
  return getmetatable(deskhook).__index -- here
end
