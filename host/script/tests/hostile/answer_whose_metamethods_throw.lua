-- ends: bad-answer
return function(ctx)
  local function throw() error("thrown") end
  return setmetatable({ verdict = "deny" }, { __index = throw, __iter = throw, __len = throw, __pairs = throw, __tostring = throw })
end
