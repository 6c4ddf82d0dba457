-- ends: failed
return function(ctx)
  return deskhook.time.format(deskhook.time.now(), "%999999999Y %99999999d") -- here
end
