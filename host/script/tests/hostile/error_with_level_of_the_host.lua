-- ends: failed
return function(ctx)
  error("far away", 1000000)
end
