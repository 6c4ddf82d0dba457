-- ends: failed
return function(ctx)
  return deskhook.json.decode("[1e999999999]") -- here
end
