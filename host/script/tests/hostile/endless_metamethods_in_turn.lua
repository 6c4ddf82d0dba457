-- ends: late failed
return function()
  local t = {}
  setmetatable(t, { __index = function(self, key)
    return self[key .. "x"]
  end })
  return t.x
end
