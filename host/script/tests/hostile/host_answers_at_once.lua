-- ends: late
-- host: prompt
return function(ctx)
  while true do
    deskhook.policy.get("Slow.Key")
  end
end
