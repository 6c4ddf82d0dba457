-- ends: memory
return function(ctx)
  pcall(coroutine.wrap(function()
    local t = {}
    while true do
      t[#t + 1] = { t }
    end
  end))
  return deskhook.allow()
end
