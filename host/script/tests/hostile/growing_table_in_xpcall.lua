-- ends: memory
local kept = {}
return function()
  xpcall(function()
    while true do
      kept[#kept + 1] = { {}, {} }
    end
  end, function()
    return "hidden"
  end)
  return deskhook.allow()
end
