-- ends: late
-- calls: 2
return function(ctx)
  if not kept then
    kept = coroutine.create(function()
      coroutine.yield()
      while true do end -- here
    end)
    coroutine.resume(kept)
    return deskhook.allow()
  end
  coroutine.resume(kept)
  return deskhook.allow()
end
