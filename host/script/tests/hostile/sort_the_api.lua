-- ends: failed
return function(ctx)
  table.sort(deskhook.json) -- here
end
