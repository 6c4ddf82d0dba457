-- ends: failed
return function(ctx)
  return debug.getupvalue(pcall, 1) -- here
end
