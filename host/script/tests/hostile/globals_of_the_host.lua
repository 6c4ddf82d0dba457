-- ends: failed
return function(ctx)
  return getmetatable(_G).__index -- here
end
