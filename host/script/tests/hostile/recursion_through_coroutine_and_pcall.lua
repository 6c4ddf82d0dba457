-- ends: failed late memory
return function(ctx)
  local function again()
    return pcall(coroutine.wrap(function()
      return again()
    end))
  end
  again()
  error("swallowed every overflow")
end
