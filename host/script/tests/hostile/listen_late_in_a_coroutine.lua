-- ends: failed
return function(ctx)
  coroutine.wrap(function()
    deskhook.on("session.request", print) -- here
  end)()
end
