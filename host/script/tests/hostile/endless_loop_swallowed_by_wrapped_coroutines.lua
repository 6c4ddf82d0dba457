-- ends: late
return function(ctx)
  while true do -- here
    pcall(coroutine.wrap(function()
      while true do end -- here
    end))
  end
end
