-- ends: failed
return function(ctx)
  return buffer.readu32(buffer.create(4), 2 ^ 31 - 1) -- here
end
