-- ends: bad-answer
return function()
  return setmetatable({}, { __index = function() return "allow" end, __len = function() return 1e9 end,
    __iter = function() while true do end end, __pairs = function() while true do end end })
end
