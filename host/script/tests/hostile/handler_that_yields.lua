-- ends: failed
return function(ctx)
  coroutine.yield("later")
  return deskhook.allow()
end
