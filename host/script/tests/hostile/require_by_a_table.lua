-- ends: failed
return function(ctx)
  return require({ "./attack" }) -- here
end
