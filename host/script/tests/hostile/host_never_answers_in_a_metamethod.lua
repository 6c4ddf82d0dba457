-- ends: late failed
return function(ctx)
  local t = setmetatable({}, { __index = function(_, key)
    return deskhook.policy.get(key) -- here
  end })
  return t["Slow.Key"]
end
