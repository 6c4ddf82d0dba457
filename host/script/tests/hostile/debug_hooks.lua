-- ends: failed
return function(ctx)
  debug.sethook(function() end, "l", 1) -- here
end
