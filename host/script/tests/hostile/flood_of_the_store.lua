-- ends: late
-- host: prompt
return function(ctx)
  local i = 0
  while true do
    i = i + 1
    deskhook.store.set("key" .. i, string.rep("x", 1000))
  end
end
