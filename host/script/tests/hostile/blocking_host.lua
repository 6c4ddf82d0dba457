-- ends: late failed
return function()
  while true do
    pcall(deskhook.policy.get, "Slow.Key")
  end
end
