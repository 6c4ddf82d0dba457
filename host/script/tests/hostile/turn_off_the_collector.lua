-- ends: failed
return function(ctx)
  collectgarbage("stop") -- here
end
