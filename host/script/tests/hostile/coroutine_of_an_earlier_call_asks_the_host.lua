-- ends: late failed
-- calls: 2
return function(ctx)
  if not kept then
    kept = coroutine.wrap(function()
      coroutine.yield()
      return deskhook.policy.get("Slow.Key") -- here
    end)
    kept()
    return deskhook.allow()
  end
  return kept()
end
