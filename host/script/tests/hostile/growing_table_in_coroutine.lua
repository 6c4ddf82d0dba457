-- ends: memory
local kept = {}
return function()
  coroutine.resume(coroutine.create(function()
    while true do
      kept[#kept + 1] = {}
    end
  end))
  return deskhook.allow()
end
