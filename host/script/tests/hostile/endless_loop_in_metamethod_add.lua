-- ends: late
return function(ctx)
  local mt = { __add = function()
    while true do end -- here
  end }
  local t, other = setmetatable({}, mt), setmetatable({}, mt)
  return t + 1
end
