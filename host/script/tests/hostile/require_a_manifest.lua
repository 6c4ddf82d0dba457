-- ends: failed
return function(ctx)
  return require("./deskhook.json") -- here
end
