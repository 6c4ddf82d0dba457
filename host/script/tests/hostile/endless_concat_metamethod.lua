-- ends: late
return function()
  local t = setmetatable({}, { __concat = function(a, b)
    return a
  end, __eq = function() while true do end end })
  while true do
    t = t .. "x"
  end
end
