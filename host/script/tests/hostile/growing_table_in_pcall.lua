-- ends: memory
local kept = {}
return function()
  pcall(function()
    while true do
      kept[#kept + 1] = {}
    end
  end)
  return deskhook.allow()
end
