-- ends: late
-- host: prompt
return function(ctx)
  while true do
    deskhook.log.info(string.rep("x", 5000))
  end
end
