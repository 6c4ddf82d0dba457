-- ends: late
return function()
  local t = setmetatable({}, { __index = function(self, key)
    while true do
      rawset(self, "x", key)
    end
  end })
  return t.x
end
