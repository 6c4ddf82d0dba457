-- ends: late failed
-- host: late
return function(ctx)
  -- The answer to the first question comes with the second one, and is not taken for its answer.
  print("line")
  local told = deskhook.policy.get("Slow.Key") -- here
  return deskhook.deny({ code = "told", message = told })
end
