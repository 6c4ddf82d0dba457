-- ends: failed
return function(ctx)
  return debug.getregistry() -- here
end
