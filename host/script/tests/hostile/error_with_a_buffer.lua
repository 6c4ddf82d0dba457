-- ends: failed
return function(ctx)
  error(buffer.create(1)) -- here
end
