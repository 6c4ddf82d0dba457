-- ends: failed
return function(ctx)
  table.insert(deskhook, "x") -- here
end
