-- ends: memory failed
return function(ctx)
  error("not enough memory", 0)
end
