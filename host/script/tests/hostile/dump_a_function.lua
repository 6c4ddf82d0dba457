-- ends: failed
return function(ctx)
  return string.dump(print) -- here
end
