-- ends: failed
return function(ctx)
  return buffer.create(-1) -- here
end
