-- ends: memory late
return function(ctx)
  while true do
    local thread = coroutine.create(function()
      local t = {}
      while true do
        t[#t + 1] = string.rep("x", 1000) .. #t
      end
    end)
    coroutine.resume(thread)
    coroutine.close(thread)
  end
end
