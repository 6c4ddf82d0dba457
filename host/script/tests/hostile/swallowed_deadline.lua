-- ends: late
return function()
  pcall(function()
    while true do
    end
  end)
  return deskhook.allow()
end
