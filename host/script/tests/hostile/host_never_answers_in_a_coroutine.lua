-- ends: late failed
return function(ctx)
  coroutine.wrap(function()
    deskhook.policy.get("Slow.Key") -- here
  end)()
end
