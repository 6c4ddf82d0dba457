-- ends: late
return function(ctx)
  local function wrapped(depth)
    return coroutine.wrap(function()
      if depth > 0 then
        return wrapped(depth - 1)()
      end
      while true do end -- here
    end)
  end
  return wrapped(20)()
end
