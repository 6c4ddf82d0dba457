-- ends: failed
return function(ctx)
  local _, err = coroutine.resume(coroutine.create(function()
    error("inside")
  end))
  error(err, 0)
end
