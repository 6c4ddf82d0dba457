-- ends: failed
return function(ctx)
  local one, other = {}, {}
  setmetatable(one, { __index = other })
  setmetatable(other, { __index = one })
  return one.x -- here
end
